import { describe, expect, it } from 'vitest';
import { EventStreamParser, type StreamEvent } from './sse';

const stream = ': hello\ndata: {"a":1}\n\nevent: x\r\ndata: one\r\ndata: two\r\n\r\ndata:bare\n\n';

describe('the event stream', () => {
  it('gives each event’s data and skips comments and other fields', () => {
    expect(new EventStreamParser().push(stream)).toEqual([
      { type: 'message', data: '{"a":1}' },
      { type: 'x', data: 'one\ntwo' },
      { type: 'message', data: 'bare' }
    ]);
  });

  it('reads the same wherever the chunks are cut', () => {
    const whole = new EventStreamParser().push(stream);
    for (let size = 1; size < 9; size++) {
      const parser = new EventStreamParser();
      const found: StreamEvent[] = [];
      for (let at = 0; at < stream.length; at += size) {
        found.push(...parser.push(stream.slice(at, at + size)));
      }
      expect(found, `chunks of ${size}`).toEqual(whole);
    }
  });

  it('keeps an event back until its empty line came', () => {
    const parser = new EventStreamParser();
    expect(parser.push('data: half')).toEqual([]);
    expect(parser.push('\n')).toEqual([]);
    expect(parser.push('\n')).toEqual([{ type: 'message', data: 'half' }]);
  });
});
