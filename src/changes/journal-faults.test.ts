import { appendFileSync, closeSync, mkdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../../test/kit/proxies.ts';
import { FourtupleError } from '../tcp/error.ts';
import { Journal } from './journal.ts';
import type { Closing, JournalEntry } from './journal-entry.ts';

type Call = (...args: readonly unknown[]) => unknown;

/** Stands between the journal and the kernel. */
const kernel = vi.hoisted(() => ({
  take: (_name: string, args: readonly unknown[], call: Call): unknown => call(...args),
}));

vi.mock('node:fs', async (load) => {
  const real = await load<Record<string, Call>>();
  const taken = [
    'mkdirSync',
    'chmodSync',
    'fchmodSync',
    'openSync',
    'closeSync',
    'writeSync',
    'fsyncSync',
    'ftruncateSync',
  ];
  const wrap = (name: string): Call => {
    const call = real[name] as Call;
    return (...args) => kernel.take(name, args, call);
  };
  return { ...real, ...Object.fromEntries(taken.map((name) => [name, wrap(name)])) };
});

const straight = kernel.take;
/** A process that is killed does not close what it has open: the test does. */
const open = new Set<number>();

afterEach(() => {
  for (const fd of open) closeSync(fd);
  open.clear();
});

function through(take: typeof kernel.take, work: () => void): void {
  kernel.take = take;
  try {
    work();
  } finally {
    kernel.take = straight;
  }
}

/** What is done to which file, in its order. */
function traced(work: () => void): string[] {
  const steps: string[] = [];
  through((name, args, call) => {
    const [file] = args;
    if (name !== 'closeSync')
      steps.push(`${name} ${typeof file === 'number' ? readlinkSync(`/proc/self/fd/${file}`) : file}`);
    return call(...args);
  }, work);
  return steps;
}

type Cut = 'error' | 'kill' | 'kill in the middle of a write';

/** What the n-th call of the work comes to. @returns whether there were as many, and what the work threw */
function cutAt(step: number, cut: Cut, work: () => void): { readonly reached: boolean; readonly thrown: unknown } {
  let calls = 0;
  let thrown: unknown;
  const take: typeof kernel.take = (name, args, call) => {
    // close(2) comes after fsync(2), so there is nothing that it could fail at.
    if (name !== 'closeSync' || cut !== 'error') calls += 1;
    if (calls < step || (cut === 'error' && (calls > step || name === 'closeSync'))) return followed(name, args, call);
    const [fd, bytes] = args as [number, Uint8Array];
    if (calls === step && name === 'writeSync' && cut !== 'kill') call(fd, bytes.subarray(0, bytes.length / 2));
    throw diskFailure();
  };
  try {
    through(take, work);
  } catch (error) {
    thrown = error;
  }
  return { reached: calls >= step, thrown };
}

function followed(name: string, args: readonly unknown[], call: Call): unknown {
  const result = call(...args);
  if (name === 'openSync') open.add(result as number);
  if (name === 'closeSync') open.delete(args[0] as number);
  return result;
}

function diskFailure(): Error {
  return Object.assign(new Error('EIO'), { code: 'EIO', errno: -5 });
}

const ENTRY: Omit<JournalEntry, 'id' | 'closed'> = {
  at: '2026-11-20T12:00:00.000Z',
  remedy: 'tcp-tw-reuse',
  namespace: { inode: 4_026_531_840, cookie: '1', bootId: '5c5f', isHost: true, name: 'host' },
  changes: [{ kind: 'sysctl', setting: 'tcp_tw_reuse', from: '2', to: '1' }],
};
const CLOSING: Closing = { at: '2026-11-20T12:00:01.000Z', how: 'undone', note: null };

/** What there is before, and what is done then. */
const WORKS: readonly (readonly [string, (journal: Journal) => void, (journal: Journal) => void])[] = [
  ['the first entry', () => {}, (journal) => void journal.add(ENTRY)],
  ['the first entry of an empty file', withText(''), (journal) => void journal.add(ENTRY)],
  ['the second entry', (journal) => void journal.add(ENTRY), (journal) => void journal.add(ENTRY)],
  ['a closing', (journal) => void journal.add(ENTRY), (journal) => journal.close(1, CLOSING)],
  ['an entry in place of one that was cut off', withText('{"entry":1,"at":"20'), (journal) => void journal.add(ENTRY)],
  [
    'an entry after one that lacks the end of its line',
    withText(JSON.stringify({ entry: 1, ...ENTRY })),
    (journal) => void journal.add(ENTRY),
  ],
];

function withText(text: string): (journal: Journal) => void {
  return ({ path }) => {
    mkdirSync(dirname(path), { mode: 0o755 });
    writeFileSync(path, text, { mode: 0o644 });
  };
}

describe('what is written to the journal', () => {
  it('is on the disk before the call comes back, and the names of a new one before that', () => {
    const folder = temporaryFolder();
    const journal = new Journal(join(folder, 'state'));
    const first = traced(() => journal.add(ENTRY));
    const write = first.indexOf(`writeSync ${journal.path}`);
    expect(first.slice(write)).toEqual([`writeSync ${journal.path}`, `fsyncSync ${journal.path}`]);
    expect(first.slice(0, write)).toEqual(
      expect.arrayContaining([`fsyncSync ${join(folder, 'state')}`, `fsyncSync ${folder}`]),
    );
    const later = [`openSync ${journal.path}`, `writeSync ${journal.path}`, `fsyncSync ${journal.path}`];
    expect(traced(() => journal.add(ENTRY))).toEqual(later);
    expect(traced(() => journal.close(1, CLOSING))).toEqual(later);
    appendFileSync(journal.path, '{"entry":3');
    expect(traced(() => journal.add(ENTRY))).toEqual([later[0], `ftruncateSync ${journal.path}`, ...later.slice(1)]);
  });

  it.each(WORKS)('is there whole or not at all where the process is killed: %s', (_, prepare, work) => {
    const whole = new Journal(join(temporaryFolder(), 'state'));
    prepare(whole);
    work(whole);
    for (const cut of ['kill', 'kill in the middle of a write'] as const) {
      for (let step = 1, reached = true; reached; step += 1) {
        const journal = new Journal(join(temporaryFolder(), 'state'));
        prepare(journal);
        const before = journal.read();
        reached = cutAt(step, cut, () => work(journal)).reached;
        const after = journal.read();
        expect(reached ? [before, whole.read()] : [whole.read()]).toContainEqual(after);
        const next = journal.add(ENTRY);
        expect(journal.read()).toEqual([...after, next]);
      }
    }
  });

  it.each(WORKS)('leaves the journal as it was where any step fails: %s', (_, prepare, work) => {
    for (let step = 1, reached = true; reached; step += 1) {
      const journal = new Journal(join(temporaryFolder(), 'state'));
      prepare(journal);
      const before = journal.read();
      const outcome = cutAt(step, 'error', () => work(journal));
      reached = outcome.reached;
      if (!reached) break;
      expect(outcome.thrown).toMatchObject({
        code: 'FT_JOURNAL',
        message: `the journal '${journal.path}' cannot be written: EIO (the disk fails)`,
      });
      expect((outcome.thrown as FourtupleError).hint).toMatch(/ Nothing was changed\.$| Entry 1 stays open until/);
      expect(journal.read()).toEqual(before);
      work(journal);
      expect(journal.read()).not.toEqual(before);
    }
  });

  it('can be written again where not even what was written could be taken back', () => {
    const journal = new Journal(join(temporaryFolder(), 'state'));
    journal.add(ENTRY);
    const take: typeof kernel.take = (name, args, call) => {
      if (name === 'fsyncSync' || name === 'ftruncateSync') throw diskFailure();
      return call(...args);
    };
    expect(() => through(take, () => journal.add(ENTRY))).toThrow(FourtupleError);
    const left = journal.read();
    expect([...left, journal.add(ENTRY)]).toEqual(journal.read());
  });
});
