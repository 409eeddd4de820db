import { call } from '$lib/backend';
import { app } from '$lib/state/app.svelte';
import { preferences } from '$lib/state/preferences.svelte';
import { Submission } from './submission.svelte';

const CALLBACK = '/auth/kommo/callback';
const DEFAULT_PORT = 8000;
const LOWEST = 1024;
const HIGHEST = 65_535;

/** The address on this computer where the browser comes back. */
export class ReturnAddress {
  readonly submission = new Submission([]);

  get port(): number {
    return app.status?.listener.port ?? DEFAULT_PORT;
  }

  get isPortTaken(): boolean {
    return app.status?.listener.is_port_taken ?? false;
  }

  /** The redirect URL that belongs into the integration. */
  get url(): string {
    return `${app.status?.listener.url ?? `http://localhost:${this.port}`}${CALLBACK}`;
  }

  /** Another port than the taken one. */
  get suggestion(): number {
    return this.port >= HIGHEST ? DEFAULT_PORT + 1 : this.port + 1;
  }

  /** Moves the address to another port. Whether that one is free shows in `isPortTaken` afterwards. */
  async usePort(port: number): Promise<boolean> {
    const done = await this.submission.run(async () => {
      await preferences.set({ listener_port: port });
      // The event says the same; asking makes sure that the page never shows the old address.
      app.apply(await call('app_status'));
      return true;
    });
    return done === true && !this.isPortTaken;
  }
}

/** A port that can be chosen, from what was typed. */
export function readPort(text: string): number | null {
  if (!/^\d{1,5}$/.test(text.trim())) return null;
  const port = Number(text.trim());
  return port >= LOWEST && port <= HIGHEST ? port : null;
}
