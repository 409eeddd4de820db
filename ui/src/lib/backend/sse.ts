export interface StreamEvent {
  /** `message` unless the stream names another. */
  type: string;
  data: string;
}

/** Takes a `text/event-stream` apart, chunk by chunk, into its events. */
export class EventStreamParser {
  #buffer = '';
  #type = '';
  #data: string[] = [];

  /** Every event that `chunk` completes. */
  push(chunk: string): StreamEvent[] {
    const events: StreamEvent[] = [];
    this.#buffer += chunk;
    for (;;) {
      // A CR at the very end may be half of a CRLF.
      const end = /\r\n|\n|\r(?!$)/.exec(this.#buffer);
      if (!end) return events;
      const line = this.#buffer.slice(0, end.index);
      this.#buffer = this.#buffer.slice(end.index + end[0].length);
      if (line !== '') {
        this.#read(line);
        continue;
      }
      if (this.#data.length > 0) {
        events.push({ type: this.#type || 'message', data: this.#data.join('\n') });
      }
      this.#type = '';
      this.#data = [];
    }
  }

  #read(line: string) {
    const [, field, value] = /^([^:]+)(?:: ?(.*))?$/.exec(line) ?? [];
    if (field === 'data') this.#data.push(value ?? '');
    else if (field === 'event') this.#type = value ?? '';
  }
}
