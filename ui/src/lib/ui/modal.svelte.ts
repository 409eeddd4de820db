/** How many modal dialogs are open: the frame below them is inert meanwhile. */
class Modal {
  depth = $state(0);

  get open(): boolean {
    return this.depth > 0;
  }

  /** For an effect: counts while it lives. */
  hold(): () => void {
    this.depth++;
    return () => {
      this.depth--;
    };
  }
}

export const modal = new Modal();
