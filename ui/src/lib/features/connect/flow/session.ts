// One of each for the whole window: what was typed and what is under way outlive the pages that show it.
import { clock } from '$lib/format';
import { BrowserSignIn } from './browser-sign-in.svelte';
import { demo } from './demo.svelte';
import { draft } from './draft.svelte';
import { EnvImport } from './env-import.svelte';
import { ReturnAddress } from './listener.svelte';

const now = () => clock.now;

export const browser = new BrowserSignIn(draft, now);
export const env = new EnvImport(draft, now);
export const returnAddress = new ReturnAddress();
export { demo, draft, now };
