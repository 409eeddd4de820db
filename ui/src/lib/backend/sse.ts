/** Takes a `text/event-stream` apart, chunk by chunk, into the data of its events. */
export class EventStreamParser {
  #buffer = '';
  #data: string[] = [];

  /** The data of every event that `chunk` completes. */
  push(chunk: string): string[] {
    const events: string[] = [];
    this.#buffer += chunk;
    // A CR at the very end may be half of a CRLF.
    for (;;) {
      const end = /\r\n|\n|\r(?!$)/.exec(this.#buffer);
      if (!end) return events;
      const line = this.#buffer.slice(0, end.index);
      this.#buffer = this.#buffer.slice(end.index + end[0].length);
      if (line === '') {
        if (this.#data.length > 0) events.push(this.#data.join('\n'));
        this.#data = [];
      } else if (line.startsWith('data:')) {
        this.#data.push(line.slice(line.startsWith('data: ') ? 6 : 5));
      }
    }
  }
}
