import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { needsPrograms } from '../../test/kit/needs.ts';
import { temporaryFolder } from '../../test/kit/proxies.ts';
import { dropCapabilities } from '../../test/kit/without-capabilities.ts';
import type { FourtupleError } from '../tcp/error.ts';
import { withLock } from './lock.ts';

const AT_ONCE = { patienceMs: 0 };
const LONG = { patienceMs: 15_000 };

let directory: string;
let lockFile: string;

beforeEach(() => {
  directory = join(temporaryFolder(), 'state');
  lockFile = join(directory, 'lock');
});

async function failureOf(locked: Promise<unknown>): Promise<FourtupleError> {
  return locked.then(
    () => expect.unreachable(),
    (error) => error,
  );
}

/** A process that has the lock until it is killed; that is what flock(1) does. */
async function holder(): Promise<ChildProcess> {
  const child = spawn('flock', ['--no-fork', lockFile, 'sh', '-c', 'echo; exec sleep 600'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => kill(child));
  if (child.stdout !== null) await once(child.stdout, 'data');
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  if (child.kill('SIGKILL')) await gone;
}

describe('the lock', () => {
  it('is held while the work runs, and the directory is made for it', async () => {
    const inner = await withLock(directory, AT_ONCE, () => failureOf(withLock(directory, AT_ONCE, () => 1)));
    expect(inner.code).toBe('FT_BUSY');
    expect(await withLock(directory, AT_ONCE, () => 2)).toBe(2);
  });

  it('is given back where the work fails, at once or later', async () => {
    const fail = (): never => {
      throw new RangeError('mine');
    };
    await expect(withLock(directory, AT_ONCE, fail)).rejects.toThrow(new RangeError('mine'));
    await expect(withLock(directory, AT_ONCE, async () => fail())).rejects.toThrow(new RangeError('mine'));
    expect(await withLock(directory, AT_ONCE, () => 2)).toBe(2);
  });

  it('lets one after the other do its work', async () => {
    let inside = 0;
    const most: number[] = [];
    const work = async (): Promise<void> => {
      inside += 1;
      await new Promise(setImmediate);
      most.push(inside);
      inside -= 1;
    };
    await Promise.all(Array.from({ length: 5 }, () => withLock(directory, LONG, work)));
    expect(most).toEqual([1, 1, 1, 1, 1]);
  });

  it('names who has it, to the one that waits and to the one that gives up', async () => {
    const told: (number | null)[] = [];
    const options = { patienceMs: 120, onWait: (pid: number | null) => told.push(pid) };
    const busy = await withLock(directory, AT_ONCE, () => failureOf(withLock(directory, options, () => 1)));
    expect(busy).toMatchObject({
      code: 'FT_BUSY',
      message: `another fourtuple fix (process ${process.pid}) is changing settings`,
      hint: expect.stringContaining('Wait for it to end'),
    });
    expect(told).toEqual([process.pid]);
  });

  it('names nobody to the one that need not wait, nor after its work', async () => {
    const told: (number | null)[] = [];
    await withLock(directory, { ...LONG, onWait: (pid) => told.push(pid) }, () => 1);
    expect(told).toEqual([]);
    expect(readFileSync(lockFile, 'utf8')).toBe('');
  });

  it.each(['', 'garbage', '0\n', '-1\n', '4711', '99999999999999999999\n'])(
    'names nobody where the file has %j',
    async (text) => {
      const { message } = await withLock(directory, AT_ONCE, () => {
        writeFileSync(lockFile, text);
        return failureOf(withLock(directory, AT_ONCE, () => 1));
      });
      expect(message).toBe('another fourtuple fix is changing settings');
    },
  );

  it('is not kept by a process that the work has started', async () => {
    const child = await withLock(directory, AT_ONCE, async () => {
      const started = spawn('sleep', ['600']);
      onTestFinished(() => kill(started));
      await once(started, 'spawn');
      return started;
    });
    expect(await withLock(directory, AT_ONCE, () => 2)).toBe(2);
    expect(child.exitCode).toBeNull();
  });
});

describe('the lock of another process', () => {
  needsPrograms('flock');

  beforeEach(() => withLock(directory, AT_ONCE, () => {}));

  it('is waited for, and comes back when that is killed', async () => {
    const other = await holder();
    expect((await failureOf(withLock(directory, AT_ONCE, () => 1))).code).toBe('FT_BUSY');
    let killed: Promise<void> | undefined;
    const onWait = (): void => {
      killed = kill(other);
    };
    expect(await withLock(directory, { ...LONG, onWait }, () => 2)).toBe(2);
    await killed;
  });

  it('is one that it sees too', async () => {
    const code = await withLock(directory, AT_ONCE, async () => {
      const child = spawn('flock', ['--nonblock', '--conflict-exit-code', '7', lockFile, 'true']);
      return (await once(child, 'exit'))[0];
    });
    expect(code).toBe(7);
  });
});

describe('a lock that cannot be taken', () => {
  it('is named where its directory may not be written', async () => {
    mkdirSync(directory);
    chmodSync(directory, 0o555);
    const giveBack = dropCapabilities();
    const failure = await failureOf(withLock(directory, AT_ONCE, () => 1));
    giveBack();
    expect(failure).toMatchObject({
      code: 'FT_PRIVILEGE',
      message: `the lock '${lockFile}' may not be written: EACCES`,
      hint: expect.stringContaining('FOURTUPLE_STATE_DIRECTORY'),
    });
    expect(existsSync(lockFile)).toBe(false);
  });

  it('is named where it is a link, and what that leads to stays as it is', async () => {
    const target = join(directory, 'target');
    mkdirSync(directory);
    writeFileSync(target, 'secret');
    symlinkSync(target, lockFile);
    const failure = await failureOf(withLock(directory, AT_ONCE, () => 1));
    expect(failure).toMatchObject({
      code: 'FT_JOURNAL',
      message: `the lock '${lockFile}' cannot be written: ELOOP (it is a symbolic link)`,
      hint: expect.stringContaining('Nothing was changed.'),
    });
    expect(readFileSync(target, 'utf8')).toBe('secret');
  });

  it('is named where the directory cannot be made', async () => {
    const failure = await failureOf(withLock('/proc/fourtuple', AT_ONCE, () => 1));
    expect(failure).toMatchObject({
      code: 'FT_JOURNAL',
      message: "the lock '/proc/fourtuple/lock' cannot be written: ENOENT",
    });
  });
});
