/** Where the keyboard is in a table of `total` rows of which `page` fit on the screen. */
export interface GridPlace {
  active: number;
  total: number;
  page: number;
}

type Press = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;

/** The row a key leads to; null when the key is not about moving. */
export function rowAfterKey(press: Press, { active, total, page }: GridPlace): number | null {
  if (press.altKey || press.shiftKey || total === 0) return null;
  const command = press.ctrlKey || press.metaKey;
  const within = (row: number) => Math.min(Math.max(row, 0), total - 1);
  switch (press.key) {
    case 'ArrowDown':
      return within(command ? total - 1 : active + 1);
    case 'ArrowUp':
      return within(command ? 0 : active - 1);
    case 'PageDown':
      return command ? null : within(Math.max(active, 0) + Math.max(1, page - 1));
    case 'PageUp':
      return command ? null : within(active - Math.max(1, page - 1));
    case 'Home':
      return 0;
    case 'End':
      return total - 1;
    default:
      return null;
  }
}
