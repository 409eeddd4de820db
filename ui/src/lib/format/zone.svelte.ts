import { isZone } from './dates';

/** The time zone instants are drawn in: the account's, until one is known the computer's. */
class Zone {
  current = $state(Intl.DateTimeFormat().resolvedOptions().timeZone);

  use(name: string | null | undefined) {
    if (name && isZone(name)) this.current = name;
  }
}

export const zone = new Zone();
