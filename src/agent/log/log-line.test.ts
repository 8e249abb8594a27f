import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AgentEvent } from '../agent-event.ts';
import { LONGEST_LINE, logLine } from './log-line.ts';

const AT = new Date('2026-11-21T20:30:01.123Z');
const EVENT: AgentEvent = {
  level: 'warning',
  event: 'lane-exhausting',
  subject: 'host 10.0.0.5 > 10.0.1.9:8080',
  message: 'exhausted in 26 s',
  fields: { seconds: 26, free: null },
};

describe('a line of the log', () => {
  it.each([
    [
      { format: 'text', isJournal: false },
      '2026-11-21T20:30:01.123Z warning lane-exhausting host 10.0.0.5 > 10.0.1.9:8080: exhausted in 26 s\n',
    ],
    [
      { format: 'text', isJournal: true },
      '<4>warning lane-exhausting host 10.0.0.5 > 10.0.1.9:8080: exhausted in 26 s\n',
    ],
    [
      { format: 'json', isJournal: false },
      '{"time":"2026-11-21T20:30:01.123Z","level":"warning","event":"lane-exhausting","subject":"host 10.0.0.5 > 10.0.1.9:8080","message":"exhausted in 26 s","fields":{"seconds":26,"free":null}}\n',
    ],
  ] as const)('%j', (format, line) => {
    expect(logLine(EVENT, AT, format)).toBe(line);
  });

  it('has the priority that its level has for the journal', () => {
    const priority = (level: AgentEvent['level'], format: 'text' | 'json'): string =>
      logLine({ level, event: 'a', message: 'b' }, AT, { format, isJournal: true }).slice(0, 3);
    expect([priority('error', 'text'), priority('warning', 'json'), priority('info', 'text')]).toEqual([
      '<3>',
      '<4>',
      '<6>',
    ]);
  });

  it.each([
    ['a\nb\r\u001b[2J', 'a\\u000ab\\u000d\\u001b[2J'],
    ['\u202egnp.exe\u2028\u0085\0', '\\u202egnp.exe\\u2028\\u0085\\u0000'],
    ['\u{e0041}\ud800', '\\udb40\\udc41\\ud800'],
    ['proxy → backend, 50 ms, 世界', 'proxy → backend, 50 ms, 世界'],
  ])('shows of %j what no terminal obeys', (message, shown) => {
    const event: AgentEvent = { level: 'info', event: 'a', message };
    expect(logLine(event, AT, { format: 'text', isJournal: true })).toBe(`<6>info a: ${shown}\n`);
  });

  const anyText = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 50 }),
    fc.string({ unit: fc.constantFrom('\n', '\u202e', '世', '\ud83d', '"', '\\', '\u{e0041}'), maxLength: 5_000 }),
  );
  const anyEvent: fc.Arbitrary<AgentEvent> = fc.record(
    {
      level: fc.constantFrom('info', 'warning', 'error'),
      event: fc.constant('some-event'),
      subject: anyText,
      message: anyText,
      fields: fc.dictionary(anyText, fc.oneof(anyText, fc.integer(), fc.constant(null))),
    },
    { requiredKeys: ['level', 'event', 'message'] },
  );

  it('is one line without control characters, and not too long for a pipe, whatever is in it', () => {
    fc.assert(
      fc.property(anyEvent, fc.constantFrom('text', 'json'), fc.boolean(), (event, format, isJournal) => {
        const line = logLine(event, AT, { format, isJournal });
        expect(line.slice(0, -1)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
        expect(line.endsWith('\n')).toBe(true);
        expect(Buffer.byteLength(line)).toBeLessThanOrEqual(LONGEST_LINE);
      }),
    );
  });

  it('is JSON that says the same, where nothing is cut', () => {
    const short = anyEvent.filter(({ message, subject, fields }) =>
      [message, subject ?? '', JSON.stringify(fields ?? '')].every((text) => text.length <= 100),
    );
    fc.assert(
      fc.property(short, (event) => {
        const line = logLine(event, AT, { format: 'json', isJournal: false });
        expect(JSON.parse(line)).toEqual(JSON.parse(JSON.stringify({ time: AT.toISOString(), ...event })));
      }),
    );
  });
});
