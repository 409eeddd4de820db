import type { LucideIcon } from '@lucide/svelte';

/** A component of the one icon set: `import House from '@lucide/svelte/icons/house'`. */
export type IconComponent = LucideIcon;

export type Tone = 'neutral' | 'accent' | 'good' | 'warn' | 'bad' | 'info';

/** One choice of a Select, Combobox or FilterChip. */
export interface Option {
  value: string;
  label: string;
  /** Second line or right-hand text, muted. */
  hint?: string;
  /** A small dot, for Kommo's stage colours. */
  color?: string;
  disabled?: boolean;
}

/** One line of a Menu. */
export interface MenuItem {
  label: string;
  icon?: IconComponent;
  tone?: 'bad';
  disabled?: boolean;
  /** Draws a check mark; the item becomes a choice. */
  checked?: boolean;
  /** A rule above it. */
  separated?: boolean;
  hint?: string;
  run: () => void;
}

/** What Field hands to the control inside it: spread it on. */
export interface FieldControl {
  id: string;
  'aria-describedby': string | undefined;
  'aria-invalid': boolean | undefined;
  required: boolean | undefined;
}
