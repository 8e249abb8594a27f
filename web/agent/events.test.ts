import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventParser } from './events.ts';

function parse(pieces: readonly string[]): [string, string][] {
  const told: [string, string][] = [];
  const parser = new EventParser((name, data) => told.push([name, data]));
  for (const piece of pieces) parser.push(piece);
  return told;
}

describe('the parser of server-sent events', () => {
  it('takes names and data as the standard has them, and passes over comments and other fields', () => {
    const text =
      ':hello\n\nevent: sample\nid: 7\ndata: {"a":\ndata: 1}\n\ndata:bare\n\r\nretry: 10\r\ndata: last\r\n\r\n';
    expect(parse([text])).toEqual([
      ['sample', '{"a":\n1}'],
      ['message', 'bare'],
      ['message', 'last'],
    ]);
  });

  it('tells nothing of an event that has not ended', () => {
    expect(parse(['event: sample\ndata: 1\n'])).toEqual([]);
  });

  it('gives the same however the text is cut', () => {
    const events = fc.array(fc.tuple(fc.constantFrom('sample', 'findings'), fc.json()), { maxLength: 5 });
    fc.assert(
      fc.property(events, fc.array(fc.nat(400)), (wanted, cuts) => {
        const text = wanted.map(([name, data]) => `event: ${name}\ndata: ${data}\n\n`).join('');
        const places = [0, ...cuts.filter((cut) => cut < text.length).sort((a, b) => a - b), text.length];
        const pieces = places.slice(1).map((place, index) => text.slice(places[index], place));
        expect(parse(pieces)).toEqual(wanted);
      }),
    );
  });
});
