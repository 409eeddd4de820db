const isMac = /mac/i.test(navigator.platform);

/** The key that opens the palette with K, as it is written on this computer's keyboard. */
export const COMMAND_KEY = isMac ? '⌘' : 'Ctrl';
