// The frame around every page: what the root layout composes.
export { default as Boot } from './Boot.svelte';
export { default as Frame } from './Frame.svelte';
export { default as Logo } from './Logo.svelte';
