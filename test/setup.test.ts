import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withLock } from '../scripts/lock.mjs';
import { isStale, listing, runStep } from '../scripts/stamp.mjs';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fourtuple-setup-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the listing of sources', () => {
  it('changes with every file that is edited, touched, added or removed, except tests', () => {
    mkdirSync(join(folder, 'src/deep'), { recursive: true });
    const seen = new Set<string>();
    const look = () => seen.add(listing(folder, ['config', 'src'])).size;
    const file = join(folder, 'src/deep/a.ts');

    expect(look()).toBe(1);
    writeFileSync(file, 'a');
    expect(look()).toBe(2);
    writeFileSync(file, 'longer');
    expect(look()).toBe(3);
    utimesSync(file, 1, 1);
    expect(look()).toBe(4);
    writeFileSync(join(folder, 'config'), '');
    expect(look()).toBe(5);
    writeFileSync(join(folder, 'src/a.test.ts'), '');
    expect(look()).toBe(5);
  });
});

describe('a step of the set-up', () => {
  const step = (reads: () => string, run = async () => {}) => ({
    says: '',
    stamp: join(folder, 'stamp'),
    fingerprint: reads,
    run,
  });

  it('is stale until it ran, and again when what it reads has changed', async () => {
    expect(isStale(step(() => 'a'))).toBe(true);
    await runStep(step(() => 'a'));
    expect(isStale(step(() => 'a'))).toBe(false);
    expect(isStale(step(() => 'b'))).toBe(true);
  });

  it('stays stale when it failed, even if its last run was good', async () => {
    await runStep(step(() => 'a'));
    const failing = step(
      () => 'a',
      () => Promise.reject(new Error('no')),
    );
    await expect(runStep(failing)).rejects.toThrow('no');
    expect(isStale(failing)).toBe(true);
  });

  it('stays stale when what it reads was edited while it ran', async () => {
    let source = 'a';
    const edited = step(
      () => source,
      async () => {
        source = 'b';
      },
    );
    await runStep(edited);
    expect(isStale(edited)).toBe(true);
  });
});

describe('the lock', () => {
  it('lets one work at a time, tells who waits for whom, and is given back after a failure', async () => {
    const file = join(folder, 'lock');
    const log: string[] = [];
    const work = (name: string) => async () => {
      log.push(`${name} begins`);
      await sleep(120);
      log.push(`${name} ends`);
      throw new Error(name);
    };
    const onWait = (holder: number) => log.push(`waiting for ${holder === process.pid ? 'us' : holder}`);
    await Promise.allSettled([withLock(file, onWait, work('first')), withLock(file, onWait, work('second'))]);
    expect(log).toEqual(['first begins', 'waiting for us', 'first ends', 'second begins', 'second ends']);
    expect(existsSync(file)).toBe(false);
  });

  it('is taken over from a process that is gone', async () => {
    const file = join(folder, 'lock');
    writeFileSync(file, String(spawnSync('true').pid));
    const waited: number[] = [];
    await withLock(
      file,
      (holder) => waited.push(holder),
      async () => expect(readFileSync(file, 'utf8')).toBe(String(process.pid)),
    );
    expect(waited).toEqual([]);
  });
});
