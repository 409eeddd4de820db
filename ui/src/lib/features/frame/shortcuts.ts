/** What a key means, given the one before it. */
export type Shortcut =
  | { do: 'palette' }
  | { do: 'search' }
  | { do: 'help' }
  | { do: 'wait' }
  | { do: 'go'; key: string }
  | null;

/** How long a G waits for its second letter. */
export const CHORD_MS = 1200;

interface Pressed {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
}

/**
 * Reads a key. `letters` are the second letters after G; `single` says whether single-letter shortcuts
 * are on; `since` is how many milliseconds ago G was pressed, or nothing.
 */
export function readShortcut(
  event: Pressed,
  { letters, single, since }: { letters: readonly string[]; single: boolean; since: number | null }
): Shortcut {
  const key = event.key.toLowerCase();
  if ((event.ctrlKey || event.metaKey) && !event.altKey)
    return key === 'k' ? { do: 'palette' } : null;
  if (!single || event.altKey) return null;
  if (since !== null && since < CHORD_MS && letters.includes(key)) return { do: 'go', key };
  if (key === 'g') return { do: 'wait' };
  if (key === '/') return { do: 'search' };
  if (key === '?') return { do: 'help' };
  return null;
}

/** Whether keys typed there are text. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement) return true;
  if (target instanceof HTMLSelectElement) return true;
  if (!(target instanceof HTMLInputElement)) return false;
  return !['checkbox', 'radio', 'button', 'submit', 'range'].includes(target.type);
}
