/** The search field of the page on the screen, when it has one: the key for searching goes there first. */
class PageSearch {
  #fields: HTMLInputElement[] = [];

  /** Offers a page's own field while it is on the screen; returns the way to take it back. */
  offer(field: HTMLInputElement): () => void {
    this.#fields.push(field);
    return () => {
      this.#fields = this.#fields.filter((one) => one !== field);
    };
  }

  /** Puts the keyboard into the field; false when the page has none. */
  focus(): boolean {
    const field = this.#fields.at(-1);
    field?.focus();
    field?.select();
    return field !== undefined;
  }
}

export const pageSearch = new PageSearch();
