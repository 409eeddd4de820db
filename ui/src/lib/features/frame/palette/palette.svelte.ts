import { toBackendError, type BackendError, type LeadRow } from '$lib/backend';
import { matchesWords, type IconComponent } from '$lib/ui';

export type PaletteGroup = 'recent' | 'pages' | 'leads' | 'actions';

export interface PaletteItem {
  id: string;
  group: PaletteGroup;
  label: string;
  hint?: string;
  icon?: IconComponent;
  keys?: string[];
  /** Why it cannot be done now. */
  unavailable?: string;
  run: () => void;
}

/** Leads that were found, each with why when its name does not say it. */
export interface FoundLeads {
  total: number;
  leads: { lead: LeadRow; why: string | null }[];
}

export interface Sources {
  pages: () => PaletteItem[];
  actions: () => PaletteItem[];
  /** At most `limit` leads. */
  search: (words: string, limit: number) => Promise<FoundLeads>;
  leadItem: (lead: LeadRow, why: string | null) => PaletteItem;
  /** The line after the found leads that opens the whole list. */
  allLeads: (words: string, total: number) => PaletteItem;
}

/** Keys rest this long before leads are searched. */
const REST_MS = 90;
const MOST_LEADS = 7;
const MOST_RECENT = 5;

/** One input to go, to find and to do. */
export class Palette {
  open = $state(false);
  query = $state('');
  active = $state(0);
  searching = $state(false);
  error = $state.raw<BackendError | null>(null);
  #leads = $state.raw<PaletteItem[]>([]);
  // Only while the window lives: names of leads are not written anywhere outside the encrypted data.
  #recent = $state.raw<PaletteItem[]>([]);
  #sources: Sources;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #turn = 0;

  constructor(sources: Sources) {
    this.#sources = sources;
  }

  /** What is listed, in the order of the keys. */
  get items(): PaletteItem[] {
    const words = this.query.trim();
    const pages = this.#sources.pages();
    const actions = this.#sources.actions();
    if (!words) {
      const isRecent = (item: PaletteItem) => this.#recent.some((one) => one.id === item.id);
      return [...this.#recent, ...pages.filter((item) => !isRecent(item)), ...actions];
    }
    const matching = (item: PaletteItem) => matchesWords(item.label, words);
    return [...pages.filter(matching), ...this.#leads, ...actions.filter(matching)];
  }

  get current(): PaletteItem | undefined {
    return this.items[Math.min(this.active, this.items.length - 1)];
  }

  show() {
    this.query = '';
    this.active = 0;
    this.#leads = [];
    this.error = null;
    this.searching = false;
    this.open = true;
  }

  close() {
    this.open = false;
    clearTimeout(this.#timer);
    this.#turn++;
  }

  type(query: string) {
    this.query = query;
    this.active = 0;
    clearTimeout(this.#timer);
    const turn = ++this.#turn;
    const words = query.trim();
    if (words.length < 2) {
      this.#leads = [];
      this.searching = false;
      this.error = null;
      return;
    }
    this.searching = true;
    this.#timer = setTimeout(() => void this.#search(words, turn), REST_MS);
  }

  move(by: number) {
    const { length } = this.items;
    if (length > 0) this.active = (Math.min(this.active, length - 1) + by + length) % length;
  }

  run(item: PaletteItem | undefined) {
    if (!item || item.unavailable) return;
    this.close();
    if (item.group !== 'actions') {
      const others = this.#recent.filter((one) => one.id !== item.id);
      this.#recent = [{ ...item, group: 'recent' as const }, ...others].slice(0, MOST_RECENT);
    }
    item.run();
  }

  /** Another account is on the screen: its leads are not the other's. */
  forget() {
    this.#recent = this.#recent.filter((item) => item.id.startsWith('page:'));
  }

  async #search(words: string, turn: number) {
    try {
      const found = await this.#sources.search(words, MOST_LEADS);
      if (turn !== this.#turn) return;
      const items = found.leads
        .slice(0, MOST_LEADS)
        .map(({ lead, why }) => this.#sources.leadItem(lead, why));
      const more = found.total > items.length;
      this.#leads = more ? [...items, this.#sources.allLeads(words, found.total)] : items;
      this.error = null;
    } catch (thrown) {
      if (turn !== this.#turn) return;
      this.#leads = [];
      this.error = toBackendError(thrown);
    }
    this.searching = false;
  }
}
