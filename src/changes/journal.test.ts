import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/kit/proxies.ts';
import { withoutCapabilities } from '../../test/kit/without-capabilities.ts';
import { printable } from '../linux/printable.ts';
import { FourtupleError } from '../tcp/error.ts';
import { Journal } from './journal.ts';
import type { Closing, JournalEntry, NamespaceRecord } from './journal-entry.ts';
import { normalValue, type RecordedChange } from './recorded-change.ts';

const LINE_FEED = 0x0a;

type NewEntry = Omit<JournalEntry, 'id' | 'closed'>;
type Step = { readonly add: NewEntry } | { readonly close: number; readonly closing: Closing };

const ENTRY: NewEntry = {
  at: '2026-11-20T12:00:00.000Z',
  remedy: 'tcp-tw-reuse',
  namespace: { inode: 4_026_531_840, cookie: '1', bootId: '5c5f', isHost: true, name: 'host' },
  changes: [{ kind: 'sysctl', setting: 'tcp_tw_reuse', from: '2', to: '1' }],
};
const CLOSING: Closing = { at: '2026-11-20T12:00:01.000Z', how: 'undone', note: null };

const anyText = fc.string({ unit: 'binary' }).map(printable);
const anyValue = anyText.map(normalValue);
const anyTime = fc
  .date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-01-01') })
  .map((at) => at.toISOString());
const anySetting = fc.stringMatching(/^[a-z][a-z0-9_]{0,20}$/);
const anyChange: fc.Arbitrary<RecordedChange> = fc.oneof(
  fc.record({ kind: fc.constant('sysctl' as const), setting: anySetting, from: anyValue, to: anyValue }),
  fc.record({
    kind: fc.constant('sysctl.d' as const),
    setting: anySetting,
    from: fc.option(anyValue),
    to: fc.option(anyValue),
  }),
);
const anyNamespace: fc.Arbitrary<NamespaceRecord> = fc.record({
  inode: fc.maxSafeNat(),
  cookie: fc.option(fc.bigInt(0n, 2n ** 64n - 1n).map(String)),
  bootId: fc.option(fc.uuid()),
  isHost: fc.boolean(),
  name: fc.option(anyText),
});
const anyClosing: fc.Arbitrary<Closing> = fc.record({
  at: anyTime,
  how: fc.constantFrom('undone', 'failed', 'gone'),
  note: fc.option(anyText),
});
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    add: fc.record({
      at: anyTime,
      remedy: anyText,
      namespace: anyNamespace,
      changes: fc.array(anyChange, { minLength: 1, maxLength: 3 }),
    }),
  }),
  fc.record({ close: fc.nat(9), closing: anyClosing }),
);
const anySteps = fc.array(anyStep, { maxLength: 8 });

/** What the journal does, without a file. */
function take(entries: readonly JournalEntry[], step: Step): JournalEntry[] {
  if ('add' in step) return [...entries, { id: entries.length + 1, ...step.add, closed: null }];
  return entries.map((entry) => (entry.id === step.close ? { ...entry, closed: entry.closed ?? step.closing } : entry));
}

/** Takes the steps. @returns what is in the journal before its first line, and after each */
function write(journal: Journal, steps: readonly Step[]): JournalEntry[][] {
  const states: JournalEntry[][] = [[]];
  for (const step of steps) {
    const before = states.at(-1) ?? [];
    const after = take(before, step);
    if ('add' in step) expect(journal.add(step.add)).toEqual(after.at(-1));
    else if (before.some(({ id }) => id === step.close)) journal.close(step.close, step.closing);
    if ('add' in step || before.some(({ id, closed }) => id === step.close && closed === null)) states.push(after);
  }
  return states;
}

let folder: string;
let journal: Journal;
let runs = 0;

function newJournal(): Journal {
  runs += 1;
  return new Journal(join(folder, `${runs}`));
}

beforeEach(() => {
  folder = temporaryFolder();
  journal = newJournal();
});

const linesOf = ({ path }: Journal): string[] => readFileSync(path, 'utf8').split('\n').slice(0, -1);

describe('the journal', () => {
  it('is empty where there is none, and reading makes none', () => {
    expect(journal.read()).toEqual([]);
    expect(statSync(folder, { throwIfNoEntry: false })?.isDirectory()).toBe(true);
    expect(statSync(journal.path, { throwIfNoEntry: false })).toBeUndefined();
  });

  it('is made by the first entry, directories too, so that anybody may read it and only its owner write, whatever the umask', () => {
    const umask = process.umask(0o077);
    try {
      journal = new Journal(join(folder, 'a', 'b'));
      journal.add(ENTRY);
    } finally {
      process.umask(umask);
    }
    const modeOf = (path: string): string => (statSync(path).mode & 0o7777).toString(8);
    expect([modeOf(join(folder, 'a')), modeOf(join(folder, 'a', 'b')), modeOf(journal.path)]).toEqual([
      '755',
      '755',
      '644',
    ]);
  });

  it('gives back any entries and closings as they were written, by another reader too', () => {
    fc.assert(
      fc.property(anySteps, (steps) => {
        const fresh = newJournal();
        const entries = write(fresh, steps).at(-1);
        expect(fresh.read()).toEqual(entries);
        expect(new Journal(join(folder, `${runs}`)).read()).toEqual(entries);
      }),
      { numRuns: 40 },
    );
  });

  it('has one line of JSON for each', () => {
    journal.add(ENTRY);
    journal.close(1, CLOSING);
    expect(linesOf(journal).map((line) => JSON.parse(line))).toEqual([
      { entry: 1, ...ENTRY },
      { closes: 1, ...CLOSING },
    ]);
  });

  it('never gives a number twice', () => {
    journal.add(ENTRY);
    journal.add(ENTRY);
    journal.close(2, CLOSING);
    expect(journal.add(ENTRY).id).toBe(3);
    // The line of the second, and of its closing, were taken out by hand.
    const [first, , , third] = linesOf(journal);
    writeFileSync(journal.path, `${first}\n${third}\n`);
    expect(journal.read().map(({ id }) => id)).toEqual([1, 3]);
    expect(journal.add(ENTRY).id).toBe(4);
  });

  it('is closed once: what comes later changes nothing', () => {
    journal.add(ENTRY);
    journal.close(1, CLOSING);
    journal.close(1, { ...CLOSING, how: 'gone' });
    expect(linesOf(journal)).toHaveLength(2);
    appendFileSync(journal.path, `${JSON.stringify({ closes: 1, ...CLOSING, how: 'gone' })}\n`);
    expect(journal.read()).toEqual([{ id: 1, ...ENTRY, closed: CLOSING }]);
  });

  it('closes no entry that it does not have', () => {
    journal.add(ENTRY);
    expect(failureOf(() => journal.close(2, CLOSING))).toMatchObject({
      code: 'FT_ARGUMENT',
      message: `the journal '${journal.path}' has no entry 2`,
    });
    expect(journal.read()).toHaveLength(1);
  });
});

describe('a journal that was cut off', () => {
  it('at any byte reads as what came before, and takes the next entry', () => {
    fc.assert(
      fc.property(anySteps, fc.double({ min: 0, max: 1, noNaN: true }), (steps, share) => {
        const fresh = newJournal();
        const states = write(fresh, [{ add: ENTRY }, ...steps]);
        const bytes = readFileSync(fresh.path);
        const length = Math.floor(share * bytes.length);
        truncateSync(fresh.path, length);
        // A whole line that lacks its end alone is a line.
        const whole = bytes.subarray(0, bytes[length] === LINE_FEED ? length + 1 : length);
        const state = states[whole.filter((byte) => byte === LINE_FEED).length] ?? [];
        expect(fresh.read()).toEqual(state);
        const added = fresh.add(ENTRY);
        expect(added).toEqual({ id: state.length + 1, ...ENTRY, closed: null });
        expect(fresh.read()).toEqual([...state, added]);
      }),
      { numRuns: 60 },
    );
  });

  it('takes a closing as well', () => {
    journal.add(ENTRY);
    appendFileSync(journal.path, '{"closes":1,"at":"2026');
    expect(journal.read()).toMatchObject([{ id: 1, closed: null }]);
    journal.close(1, CLOSING);
    expect(linesOf(journal)).toHaveLength(2);
    expect(journal.read()).toMatchObject([{ id: 1, closed: CLOSING }]);
  });

  it.each(['{', '{"entry":2,"at":"20', '{"closes"', '\0\0\0', '{"entry":2,"remedy":"\0\0'])(
    'in the middle of a line, %j, reads as what came before',
    (rest) => {
      journal.add(ENTRY);
      appendFileSync(journal.path, rest);
      expect(journal.read()).toHaveLength(1);
      expect(journal.add(ENTRY).id).toBe(2);
      expect(linesOf(journal)).toHaveLength(2);
    },
  );

  it('is not one where an editor has left out the last line end', () => {
    journal.add(ENTRY);
    journal.add(ENTRY);
    const text = readFileSync(journal.path, 'utf8');
    writeFileSync(journal.path, text.trimEnd());
    expect(journal.read()).toHaveLength(2);
    expect(journal.add(ENTRY).id).toBe(3);
    expect(readFileSync(journal.path, 'utf8').startsWith(text)).toBe(true);
    expect(journal.read()).toHaveLength(3);
  });

  it.each(['garbage', '{"entry":2}', '7', 'root:x:0:0'])(
    'is not one where its end is %s: nothing of it is lost',
    (rest) => {
      journal.add(ENTRY);
      appendFileSync(journal.path, rest);
      const before = readFileSync(journal.path);
      for (const use of [() => journal.read(), () => journal.add(ENTRY), () => journal.close(1, CLOSING)])
        expect(failureOf(use).message).toContain(`the journal '${journal.path}', line 2: `);
      expect(readFileSync(journal.path)).toEqual(before);
    },
  );
});

describe('a journal that is garbage', () => {
  it('is refused with the number of the line, and stays as it is', () => {
    const garbage = fc.oneof(
      fc.string().map((text) => `${text.replaceAll('\n', ' ')} garbage`),
      fc.constantFrom(
        '',
        '\0\0\0',
        '{}',
        '{"entry":1',
        '{"closes":77,"at":"2026-11-20T12:00:00Z","how":"gone","note":null}',
      ),
    );
    fc.assert(
      fc.property(anySteps, fc.nat(99), garbage, (steps, where, text) => {
        const fresh = newJournal();
        write(fresh, [{ add: ENTRY }, ...steps]);
        const lines = linesOf(fresh);
        const index = where % (lines.length + 1);
        lines.splice(index, 0, text);
        writeFileSync(fresh.path, lines.map((line) => `${line}\n`).join(''));
        const before = readFileSync(fresh.path);
        for (const use of [() => fresh.read(), () => fresh.add(ENTRY), () => fresh.close(1, CLOSING)]) {
          const { code, message, hint } = failureOf(use);
          expect(code).toBe('FT_JOURNAL');
          expect(message.slice(0, message.indexOf(': '))).toBe(`the journal '${fresh.path}', line ${index + 1}`);
          expect(hint).toContain(
            'Nothing is changed while it cannot be read. Keep a copy of the file; then mend that line',
          );
        }
        expect(readFileSync(fresh.path)).toEqual(before);
      }),
      { numRuns: 40 },
    );
  });

  it.each<[string, (lines: readonly string[]) => readonly string[], string]>([
    ['entries in another order', ([first, second]) => [`${second}`, `${first}`], 'line 2: entry 1 comes after entry 2'],
    ['an entry twice', ([first]) => [`${first}`, `${first}`], 'line 2: entry 1 comes after entry 1'],
    [
      'a closing before its entry',
      ([first, , closing]) => [`${closing}`, `${first}`],
      'line 1: it closes entry 1, which',
    ],
    [
      'a kind of change of a newer version',
      ([first, second, closing]) => [`${first}`, `${second}`.replace('"sysctl"', '"link"'), `${closing}`],
      'line 2: entry 2 has a change of kind "link", which this version does not know',
    ],
  ])('is refused where it has %s', (_, change, problem) => {
    journal.add(ENTRY);
    journal.add(ENTRY);
    journal.close(1, CLOSING);
    writeFileSync(
      journal.path,
      change(linesOf(journal))
        .map((line) => `${line}\n`)
        .join(''),
    );
    const { code, message } = failureOf(() => journal.read());
    expect(code).toBe('FT_JOURNAL');
    expect(message).toContain(`the journal '${journal.path}', ${problem}`);
  });

  it('is refused where it is too long to be one, at once', () => {
    journal.add(ENTRY);
    truncateSync(journal.path, 2 ** 40);
    for (const use of [() => journal.read(), () => journal.add(ENTRY)]) {
      const { code, message } = failureOf(use);
      expect(code).toBe('FT_JOURNAL');
      expect(message).toBe(`the journal '${journal.path}' is longer than 67,108,864 bytes: 1,099,511,627,776`);
    }
  });

  it('never becomes too long to be read', () => {
    const line = JSON.stringify({ entry: 1, ...ENTRY });
    mkdirSync(join(journal.path, '..'));
    // White space is a part of a line of JSON.
    writeFileSync(journal.path, `${line.padEnd(64 * 2 ** 20 - 10)}\n`);
    expect(journal.read()).toHaveLength(1);
    expect(failureOf(() => journal.add(ENTRY)).message).toContain('is longer than 67,108,864 bytes');
    expect(journal.read()).toHaveLength(1);
  });

  it('takes no entry that it could not read again', () => {
    journal.add(ENTRY);
    const changes: RecordedChange[] = [{ kind: 'sysctl.d', setting: 'tcp_tw_reuse', from: '\u001b[2J', to: '1' }];
    expect(failureOf(() => journal.add({ ...ENTRY, changes })).code).toBe('FT_JOURNAL');
    expect(journal.read()).toHaveLength(1);
  });
});

describe('what another has put in place of the journal', () => {
  beforeEach(() => mkdirSync(join(journal.path, '..')));

  const eachUse = (): readonly (() => unknown)[] => [() => journal.read(), () => journal.add(ENTRY)];

  it('is refused where it is a link, and what that leads to is neither written nor made', () => {
    const target = join(folder, 'target');
    symlinkSync(target, journal.path);
    for (const use of eachUse()) {
      expect(failureOf(use)).toMatchObject({
        code: 'FT_JOURNAL',
        message: expect.stringMatching(/ELOOP \(it is a symbolic link\)$/),
      });
    }
    expect(statSync(target, { throwIfNoEntry: false })).toBeUndefined();
    writeFileSync(target, 'secret');
    for (const use of eachUse()) failureOf(use);
    expect(readFileSync(target, 'utf8')).toBe('secret');
  });

  it('is refused where it is another name of a file', () => {
    const target = join(folder, 'target');
    writeFileSync(target, '{"entry":');
    linkSync(target, journal.path);
    for (const use of eachUse())
      expect(failureOf(use).message).toBe(`the journal '${journal.path}' has 2 names (hard links)`);
    expect(readFileSync(target, 'utf8')).toBe('{"entry":');
  });

  it('is refused where it is a directory or a pipe', () => {
    mkdirSync(journal.path);
    expect(eachUse().map((use) => failureOf(use).message)).toEqual([
      `the journal '${journal.path}' is no regular file`,
      `the journal '${journal.path}' cannot be written: EISDIR (it is a directory)`,
    ]);
    rmSync(journal.path, { recursive: true });
    expect(spawnSync('mkfifo', [journal.path]).status).toBe(0);
    for (const use of eachUse())
      expect(failureOf(use).message).toBe(`the journal '${journal.path}' is no regular file`);
  });

  it.each([0o664, 0o646, 0o666])('is refused where others may write it: mode %o', (mode) => {
    writeFileSync(journal.path, '');
    chmodSync(journal.path, mode);
    for (const use of eachUse()) {
      expect(failureOf(use)).toMatchObject({
        code: 'FT_JOURNAL',
        message: `the journal '${journal.path}' may be written by others (mode ${mode.toString(8)})`,
      });
    }
  });

  it('is refused where it belongs to another user', ({ skip }) => {
    writeFileSync(journal.path, '');
    try {
      chownSync(journal.path, 65_533, 65_533);
    } catch {
      skip('needs root, and another user');
    }
    for (const use of eachUse())
      expect(failureOf(use).message).toBe(`the journal '${journal.path}' belongs to user 65533`);
  });
});

describe('a journal out of reach', () => {
  it('is named where it may not be read or written', () => {
    journal.add(ENTRY);
    const before = readFileSync(journal.path);
    chmodSync(journal.path, 0);
    const [read, add] = withoutCapabilities(() => [
      failureOf(() => journal.read()),
      failureOf(() => journal.add(ENTRY)),
    ]);
    expect(read).toMatchObject({
      code: 'FT_PRIVILEGE',
      message: `the journal '${journal.path}' may not be read: EACCES`,
    });
    expect(add).toMatchObject({
      code: 'FT_PRIVILEGE',
      message: `the journal '${journal.path}' may not be written: EACCES`,
    });
    expect(add?.hint).toContain('FOURTUPLE_STATE_DIRECTORY');
    chmodSync(journal.path, 0o644);
    expect(readFileSync(journal.path)).toEqual(before);
  });

  it.each([
    ['is a file', (place: string) => writeFileSync(place, ''), 'EEXIST (something else has its name)'],
    [
      'is a link that leads nowhere',
      (place: string) => symlinkSync('/no/such', place),
      'EEXIST (something else has its name)',
    ],
  ])('is named where its directory %s', (_, put, reason) => {
    put(join(journal.path, '..'));
    expect(failureOf(() => journal.add(ENTRY)).message).toBe(
      `the journal '${journal.path}' cannot be written: ${reason}`,
    );
  });

  it('is named where its directory cannot be made', () => {
    const { code, message } = failureOf(() => new Journal('/proc/fourtuple/state').add(ENTRY));
    expect(code).toBe('FT_JOURNAL');
    expect(message).toBe("the journal '/proc/fourtuple/state/journal' cannot be written: ENOENT");
  });
});

function failureOf(work: () => unknown): FourtupleError {
  try {
    work();
  } catch (error) {
    if (error instanceof FourtupleError) return error;
    throw error;
  }
  throw new Error('it was done');
}
