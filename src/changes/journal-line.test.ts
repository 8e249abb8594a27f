import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FourtupleError } from '../tcp/error.ts';
import { type ClosingLine, type EntryLine, encodeLine, type JournalLine, parseLine } from './journal-line.ts';

const ENTRY: EntryLine = {
  entry: 4,
  at: '2026-11-20T12:00:00.000Z',
  remedy: 'wider-range',
  namespace: { inode: 4_026_531_840, cookie: '1', bootId: '5c5f', isHost: true, name: 'host' },
  changes: [
    { kind: 'sysctl', setting: 'ip_local_port_range', from: '32768 60999', to: '1024 65535' },
    { kind: 'sysctl.d', setting: 'ip_local_port_range', from: null, to: '1024 65535' },
  ],
};
const DIRECTORY = '/sys/fs/cgroup/system.slice/getty@tty1.service';
const SPREAD: EntryLine = {
  ...{ ...ENTRY, remedy: 'spread-sources' },
  changes: [
    { kind: 'address', setting: '10.0.0.12/32 on eth0', from: null, to: 'added' },
    { kind: 'route', setting: '2001:db8::/64 on lo', from: null, to: 'added' },
    { kind: 'sysctl', setting: 'ipv6.ip_nonlocal_bind', from: '0', to: '1' },
    { kind: 'spread', setting: DIRECTORY, from: null, to: 'sources 10.0.0.10-10.0.0.17 to 10.0.1.9:8080' },
    { kind: 'pinned-spread', setting: DIRECTORY, from: null, to: 'from 10.0.1.9:80 over 10.0.1.9:80-83' },
  ],
};
const CLOSING: ClosingLine = { closes: 4, at: '2026-11-20T12:00:01.000Z', how: 'undone', note: null };

const parse = (text: string): JournalLine => parseLine(Buffer.from(text), 'line 7');

describe('a line of the journal', () => {
  it('is read as it was written', () => {
    for (const line of [ENTRY, SPREAD, CLOSING]) {
      const bytes = encodeLine(line, 'the journal');
      expect(bytes.at(-1)).toBe(0x0a);
      expect(bytes.subarray(0, -1)).not.toContain(0x0a);
      expect(parseLine(bytes.subarray(0, -1), 'line 7')).toEqual(line);
    }
  });

  it('has the members of its kind alone, both when it is written and when it is read', () => {
    const more = { ...ENTRY, more: 1, namespace: { ...ENTRY.namespace, handle: { fd: 7 } } };
    expect(encodeLine(more, 'the journal')).toEqual(encodeLine(ENTRY, 'the journal'));
    expect(parse(JSON.stringify(more))).toEqual(ENTRY);
  });

  it('may be printed: what would do something to a terminal is taken away', () => {
    const line = { ...ENTRY, remedy: '\u001b[2J', namespace: { ...ENTRY.namespace, name: '\u202ehost' } };
    expect(parse(JSON.stringify(line))).toMatchObject({ remedy: '\ufffd[2J', namespace: { name: '\ufffdhost' } });
    expect(parse(JSON.stringify({ ...CLOSING, note: 'a\nb' }))).toMatchObject({ note: 'a\ufffdb' });
  });

  it.each<[string, string]>([
    ['', 'it is empty'],
    ['garbage', 'it is no JSON: Unexpected token'],
    [' ', 'it is no JSON: Unexpected end of JSON input'],
    ['\0\0\0', 'it is no JSON: Unexpected token'],
    ['7', 'it is neither an entry nor the closing of one'],
    ['null', 'it is neither an entry nor the closing of one'],
    ['[]', 'it is neither an entry nor the closing of one'],
    ['{}', 'it is neither an entry nor the closing of one'],
    [JSON.stringify({ ...ENTRY, ...CLOSING }), 'it is neither an entry nor the closing of one'],
    ['{"entry":4}', 'at is missing'],
    ['{"closes":4}', 'at is missing'],
    [entryWith({ entry: 0 }), 'entry is 0, which is not a number of 1 or more'],
    [entryWith({ entry: '4' }), 'entry is "4", which is not a number'],
    [entryWith({ entry: 1.5 }), 'entry is 1.5, which is not a whole number'],
    [entryWith({ entry: 2 ** 53 }), 'entry is 9007199254740992, which is not a whole number'],
    [entryWith({ at: 'yesterday' }), 'at is "yesterday", which is not a time'],
    [entryWith({ remedy: null }), 'remedy is null, which is not a text'],
    [entryWith({ namespace: [] }), 'namespace.inode is missing'],
    [entryWith({ namespace: 7 }), 'namespace is 7, which is not an object'],
    [
      entryWith({ namespace: { ...ENTRY.namespace, cookie: '0x1' } }),
      'namespace.cookie is "0x1", which is not a number in decimal digits',
    ],
    [entryWith({ changes: {} }), 'changes is an object, which is not a list'],
    [changeWith({ kind: 7 }), 'changes[0].kind is 7, which is not a kind of change'],
    [changeWith({ kind: 'link' }), 'entry 4 has a change of kind "link", which this version does not know'],
    [changeWith({ setting: '../core/somaxconn' }), 'changes[0].setting is "../core/somaxconn", which is not a setting'],
    [changeWith({ setting: '' }), 'changes[0].setting is "", which is not a setting'],
    [changeWith({ from: 32_768 }), 'changes[0].from is 32768, which is not a text'],
    [changeWith({ from: null }), 'changes[0] is an object, which is not a change with both values'],
    [changeWith({ to: null }), 'changes[0] is an object, which is not a change with both values'],
    [changeWith({ to: '1\n2' }), 'changes[0].to is "1\\n2", which is not a value in one line'],
    [changeWith({ to: '\u001b[2J' }), 'changes[0].to is "\\u001b[2J", which is not a value in one line'],
    [changeWith({ kind: 'address', setting: 7 }), 'changes[0].setting is 7, which is not a text'],
    [
      changeWith({ kind: 'spread', setting: '/a\nb' }),
      'changes[0].setting is "/a\\nb", which is not a value in one line',
    ],
    [changeWith({ setting: 'ipv6.../core' }), 'changes[0].setting is "ipv6.../core", which is not a setting'],
    [changeWith({ setting: 'core.somaxconn' }), 'changes[0].setting is "core.somaxconn", which is not a setting'],
    [
      JSON.stringify({ ...CLOSING, how: 'forgotten' }),
      "how is \"forgotten\", which is not 'undone', 'failed' or 'gone'",
    ],
    [JSON.stringify({ ...CLOSING, note: 7 }), 'note is 7, which is not a text'],
  ])('is refused where it is %j', (text, problem) => {
    const { message, hint } = failureOf(() => parse(text));
    expect(message.slice(0, `line 7: ${problem}`.length)).toBe(`line 7: ${problem}`);
    expect(hint).toMatch(/^Nothing is changed while it cannot be read\. Keep a copy|^Use the version of fourtuple/);
  });

  it('is refused with no more than the start of what is wrong', () => {
    const { message } = failureOf(() => parse(changeWith({ to: 'x '.repeat(500) })));
    expect(message).toBe(`line 7: changes[0].to is "${'x '.repeat(39)}x…, which is not a value in one line`);
  });

  it('is refused where it is no UTF-8', () => {
    const bytes = Buffer.from(JSON.stringify(ENTRY).replace('host', 'h\u00e9st'), 'latin1');
    expect(failureOf(() => parseLine(bytes, 'line 7')).message).toBe('line 7: it is no UTF-8 text');
  });

  it('is never written where it could not be read again', () => {
    const changes = [{ kind: 'sysctl', setting: 'tcp_tw_reuse', from: '2\u001b[2J', to: '1' }] as const;
    const { message, hint } = failureOf(() => encodeLine({ ...ENTRY, changes }, 'the journal'));
    expect(message).toBe('the journal: changes[0].from is "2\\u001b[2J", which is not a value in one line');
    expect(hint).toContain('Nothing was written');
  });

  it('that anything else has become is read or refused, and no message does anything to a terminal', () => {
    const whole = JSON.stringify(ENTRY);
    const replaced = fc
      .tuple(fc.constantFrom(...(whole.match(/[^,:{}[\]]+/g) ?? [])), fc.json({ maxDepth: 2 }))
      .map(([piece, json]) => whole.replace(piece, json));
    const bytes = fc.oneof(
      fc.oneof(fc.json(), replaced, fc.string({ unit: 'binary' })).map((text) => Buffer.from(text)),
      fc.uint8Array().map((array) => Buffer.from(array)),
    );
    fc.assert(
      fc.property(bytes, (line) => {
        const outcome = outcomeOf(() => parseLine(line, 'line 7'));
        if (outcome instanceof FourtupleError) expect(outcome.message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
        else expect(outcome).toHaveProperty('at');
      }),
      { numRuns: 1000 },
    );
  });
});

function entryWith(members: object): string {
  return JSON.stringify({ ...ENTRY, ...members });
}

function changeWith(members: object): string {
  return entryWith({ changes: [{ ...ENTRY.changes[0], ...members }] });
}

function outcomeOf<T>(work: () => T): T | FourtupleError {
  try {
    return work();
  } catch (error) {
    if (error instanceof FourtupleError && error.code === 'FT_JOURNAL') return error;
    throw error;
  }
}

function failureOf(work: () => unknown): FourtupleError {
  const outcome = outcomeOf(work);
  if (outcome instanceof FourtupleError) return outcome;
  throw new Error('it was taken');
}
