/** Which rows of a long list have to be drawn. Every row has the same height. */
export class VirtualWindow {
  total = $state(0);
  rowHeight = $state(38);
  /** How far it is scrolled, in pixels. */
  scrollTop = $state(0);
  /** How much of it can be seen, in pixels. */
  height = $state(0);
  /** Rows drawn beyond both edges, so that fast scrolling shows no blank. */
  overscan = 12;

  /** First drawn row. */
  get start(): number {
    return Math.max(
      0,
      Math.min(this.total, Math.floor(this.scrollTop / this.rowHeight)) - this.overscan
    );
  }

  /** One past the last drawn row. */
  get end(): number {
    const seen = Math.ceil((this.scrollTop + this.height) / this.rowHeight);
    return Math.max(this.start, Math.min(this.total, seen + this.overscan));
  }

  /** Rows that fit at once. */
  get page(): number {
    return Math.max(1, Math.floor(this.height / this.rowHeight));
  }

  /** Height of the whole list, in pixels. */
  get fullHeight(): number {
    return this.total * this.rowHeight;
  }

  /** Where to scroll so that `row` is wholly seen, moving as little as possible. */
  scrollFor(row: number): number {
    const top = row * this.rowHeight;
    if (top < this.scrollTop) return top;
    const bottom = top + this.rowHeight;
    if (bottom > this.scrollTop + this.height) return Math.max(0, bottom - this.height);
    return this.scrollTop;
  }

  /** The row a key goes to from `row`; nothing when the key is not ours. */
  target(key: string, row: number): number | null {
    const last = this.total - 1;
    if (last < 0) return null;
    const to: Record<string, number> = {
      ArrowDown: row + 1,
      ArrowUp: row < 0 ? last : row - 1,
      PageDown: Math.max(0, row) + this.page,
      PageUp: row - this.page,
      Home: 0,
      End: last
    };
    const wanted = to[key];
    return wanted === undefined ? null : Math.max(0, Math.min(last, wanted));
  }
}
