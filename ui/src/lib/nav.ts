import House from '@lucide/svelte/icons/house';
import RefreshCw from '@lucide/svelte/icons/refresh-cw';
import Settings2 from '@lucide/svelte/icons/settings-2';
import Users from '@lucide/svelte/icons/users';
import type { MessageKey } from '$lib/i18n';
import type { IconComponent } from '$lib/ui';

/** A number the rail shows beside a page. */
export type NavCount = 'leads' | 'held';

export interface NavItem {
  href: string;
  label: MessageKey;
  icon: IconComponent;
  /** Pressed after G, it goes there. */
  key: string;
  count?: NavCount;
}

/** The pages of the rail, from top to bottom. */
export const NAV: readonly NavItem[] = [
  { href: '/', label: 'nav.home', icon: House, key: 'h' },
  { href: '/leads', label: 'nav.leads', icon: Users, key: 'l', count: 'leads' },
  { href: '/sync', label: 'nav.sync', icon: RefreshCw, key: 's', count: 'held' },
  { href: '/settings', label: 'nav.settings', icon: Settings2, key: 'a' }
];

/** Whether the address belongs to the page. */
export function isOn(item: NavItem, pathname: string): boolean {
  return item.href === '/' ? pathname === '/' : `${pathname}/`.startsWith(`${item.href}/`);
}
