import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { Journal } from '../../src/changes/journal.ts';
import type { Closing, JournalEntry } from '../../src/changes/journal-entry.ts';
import { withLock } from '../../src/changes/lock.ts';
import { FourtupleError } from '../../src/tcp/error.ts';
import { needsPrograms } from '../kit/needs.ts';
import { whyNoNamespaces } from '../kit/network-namespace.ts';
import { temporaryFolder } from '../kit/proxies.ts';

const ENTRY: Omit<JournalEntry, 'id' | 'closed'> = {
  at: '2026-11-20T12:00:00.000Z',
  remedy: 'tcp-tw-reuse',
  namespace: { inode: 4_026_531_840, cookie: '1', bootId: null, isHost: true, name: 'host' },
  changes: [{ kind: 'sysctl', setting: 'tcp_tw_reuse', from: '2', to: '1' }],
};
const CLOSING: Closing = { at: '2026-11-20T12:00:01.000Z', how: 'undone', note: null };

const PAGE = 4096;
const MORE_THAN_FIT = 100;

function failureOf(work: () => unknown): FourtupleError {
  try {
    work();
  } catch (error) {
    if (error instanceof FourtupleError) return error;
    throw error;
  }
  throw new Error('it was done');
}

/** A shell that has mounts of its own until the test ends: they go with it. */
class PrivateMounts {
  readonly #shell: ChildProcessByStdio<Writable, Readable, null>;

  constructor() {
    this.#shell = spawn('unshare', ['--mount', 'sh'], { stdio: ['pipe', 'pipe', 'inherit'] });
    onTestFinished(async () => {
      const gone = once(this.#shell, 'exit');
      if (this.#shell.kill('SIGKILL')) await gone;
    });
  }

  async run(command: string): Promise<void> {
    this.#shell.stdin.write(`${command}; echo $?\n`);
    const [status] = await once(this.#shell.stdout, 'data');
    expect({ command, status: `${status}` }).toEqual({ command, status: '0\n' });
  }

  /** Mounts an empty file system in memory. @returns where this process finds it */
  async mountMemory(options: string): Promise<string> {
    const folder = temporaryFolder();
    await this.run(`mount -t tmpfs -o ${options} none ${folder}`);
    return `/proc/${this.#shell.pid}/root${folder}`;
  }
}

/** Adds entries until one is refused. @returns what the journal had then, and the refusal */
function fill(journal: Journal): { readonly entries: JournalEntry[]; readonly failure: FourtupleError } {
  const entries: JournalEntry[] = [];
  const failure = failureOf(() => {
    while (entries.length < MORE_THAN_FIT) entries.push(journal.add(ENTRY));
  });
  return { entries, failure };
}

describe('the journal on a disk of its own', () => {
  needsPrograms('unshare', 'mount');

  beforeEach(({ skip }) => {
    const reason = whyNoNamespaces();
    if (reason !== undefined) skip(reason);
  });

  it('stays as it was when the disk gets full in the middle of a line, and goes on once there is room', async () => {
    const disk = await new PrivateMounts().mountMemory(`size=${3 * PAGE}`);
    const ballast = join(disk, 'ballast');
    writeFileSync(ballast, Buffer.alloc(2 * PAGE));
    const journal = new Journal(join(disk, 'state'));
    const { entries, failure } = fill(journal);
    expect(failure).toMatchObject({
      code: 'FT_JOURNAL',
      message: `the journal '${journal.path}' cannot be written: ENOSPC (the disk is full)`,
      hint: 'Make room on its file system. Nothing was changed.',
    });
    expect(entries.length).toBeGreaterThan(3);
    // A part of the line did fit.
    const { size } = statSync(journal.path);
    expect(size % PAGE).not.toBe(0);
    expect(journal.read()).toEqual(entries);
    rmSync(ballast);
    const next = journal.add(ENTRY);
    expect(next.id).toBe(entries.length + 1);
    journal.close(1, CLOSING);
    expect(journal.read()).toEqual([{ ...entries[0], closed: CLOSING }, ...entries.slice(1), next]);
  });

  it('leaves an entry open that it has no room to close', async () => {
    const disk = await new PrivateMounts().mountMemory(`size=${PAGE}`);
    const journal = new Journal(join(disk, 'state'));
    const { entries } = fill(journal);
    const before = readFileSync(journal.path);
    const note = 'x'.repeat(PAGE - (before.length % PAGE));
    const { code, hint } = failureOf(() => journal.close(1, { ...CLOSING, note }));
    expect(code).toBe('FT_JOURNAL');
    expect(hint).toBe('Make room on its file system. Entry 1 stays open until it is closed again.');
    expect(readFileSync(journal.path)).toEqual(before);
    expect(journal.read()).toEqual(entries);
  });

  it('is refused before anything where there is no room at all; the lock needs none', async () => {
    const disk = await new PrivateMounts().mountMemory(`size=${PAGE}`);
    const ballast = join(disk, 'ballast');
    writeFileSync(ballast, Buffer.alloc(PAGE));
    const directory = join(disk, 'state');
    const journal = new Journal(directory);
    const failure = await withLock(directory, { patienceMs: 0 }, () => failureOf(() => journal.add(ENTRY)));
    expect(failure.message).toContain('ENOSPC');
    expect(journal.read()).toEqual([]);
    const busy = withLock(directory, { patienceMs: 0 }, () => withLock(directory, { patienceMs: 0 }, () => {}));
    await expect(busy).rejects.toMatchObject({
      code: 'FT_BUSY',
      message: 'another fourtuple fix is changing settings',
    });
    rmSync(ballast);
    expect(journal.add(ENTRY).id).toBe(1);
  });

  it('is refused where no more files may be made', async () => {
    const disk = await new PrivateMounts().mountMemory('nr_inodes=2');
    const journal = new Journal(join(disk, 'state'));
    expect(failureOf(() => journal.add(ENTRY)).message).toContain('cannot be written: ENOSPC (the disk is full)');
    expect(existsSync(join(disk, 'state'))).toBe(true);
    expect(journal.read()).toEqual([]);
  });

  it('is read and not written where the file system is read-only', async () => {
    const mounts = new PrivateMounts();
    const disk = await mounts.mountMemory(`size=${4 * PAGE}`);
    const journal = new Journal(join(disk, 'state'));
    const entry = journal.add(ENTRY);
    await mounts.run(`mount -o remount,ro ${disk.replace(/^\/proc\/\d+\/root/, '')}`);
    for (const { path, use } of [
      { path: journal.path, use: () => journal.add(ENTRY) },
      { path: journal.path, use: () => journal.close(1, CLOSING) },
      { path: join(disk, 'other', 'journal'), use: () => new Journal(join(disk, 'other')).add(ENTRY) },
    ]) {
      expect(failureOf(use)).toMatchObject({
        code: 'FT_JOURNAL',
        message: `the journal '${path}' cannot be written: EROFS (the file system is read-only)`,
        hint: expect.stringContaining('Set FOURTUPLE_STATE_DIRECTORY to a directory that can be written.'),
      });
    }
    expect(journal.read()).toEqual([entry]);
    const locked = withLock(join(disk, 'other'), { patienceMs: 0 }, () => {});
    await expect(locked).rejects.toMatchObject({ code: 'FT_JOURNAL', message: expect.stringContaining('EROFS') });
  });
});

describe('the journal of a process that may not write long files', () => {
  needsPrograms('prlimit');

  /** Runs synchronous code, so that nothing else of this process meets the limit. */
  function withLongestFile<T>(bytes: number, work: () => T): T {
    limitFiles(`${bytes}`);
    try {
      return work();
    } finally {
      limitFiles('unlimited');
    }
  }

  function limitFiles(soft: string): void {
    const { status } = spawnSync('prlimit', [`--pid=${process.pid}`, `--fsize=${soft}:`], { stdio: 'inherit' });
    expect(status).toBe(0);
  }

  it('stays as it was when it gets too long in the middle of a line', () => {
    const journal = new Journal(join(temporaryFolder(), 'state'));
    const { entries, failure } = withLongestFile(1000, () => fill(journal));
    expect(failure).toMatchObject({
      code: 'FT_JOURNAL',
      message: `the journal '${journal.path}' cannot be written: EFBIG (no file may be so long)`,
    });
    expect(entries.length).toBeGreaterThan(1);
    expect(statSync(journal.path).size).toBeLessThan(1000);
    expect(journal.read()).toEqual(entries);
    expect(journal.add(ENTRY).id).toBe(entries.length + 1);
  });
});
