// The settings: what the route composes.
export { default as SettingsPage, SETTINGS_TABS, type SettingsTab } from './SettingsPage.svelte';
