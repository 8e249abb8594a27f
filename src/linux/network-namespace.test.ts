import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ip } from '../../test/kit/ip-command.ts';
import { needsPrograms } from '../../test/kit/needs.ts';
import {
  createNamespace,
  currentNamespace,
  enter,
  forgetNamespaces,
  inside,
  whyNoNamespaces,
} from '../../test/kit/network-namespace.ts';
import { dropCapabilities, withoutCapabilities } from '../../test/kit/without-capabilities.ts';
import { FourtupleError } from '../tcp/error.ts';
import { inNamespace, openNamespace, ownNamespace, ownNamespaceInode } from './network-namespace.ts';

const children: ChildProcess[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) {
    const gone = once(child, 'exit');
    if (child.kill('SIGKILL')) await gone;
  }
  forgetNamespaces();
});

function failureOf(run: () => unknown): FourtupleError {
  try {
    run();
  } catch (error) {
    if (error instanceof FourtupleError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

function inodeHere(): number {
  return Number(/\d+/.exec(readlinkSync('/proc/thread-self/ns/net'))?.[0]);
}

describe('a reference to no network namespace', () => {
  it.each(['', '.', '..', '0', 'no-such', 'a\0b', 'x'.repeat(300), '\u001b[2J'])('%j is refused', (reference) => {
    const failure = failureOf(() => openNamespace(reference));
    expect(failure.code).toBe('FT_NAMESPACE');
    expect(failure.message).not.toMatch(/\p{Cc}/u);
  });

  it('may be a file that is none', () => {
    const folder = mkdtempSync(join(tmpdir(), 'fourtuple-'));
    writeFileSync(join(folder, 'file'), '');
    for (const path of [join(folder, 'file'), folder, '/dev/null', '/proc/self/ns/pid', '/proc/self/status']) {
      expect(failureOf(() => openNamespace(path))).toMatchObject({
        code: 'FT_NAMESPACE',
        message: `'${path}' is not the file of a network namespace`,
      });
    }
    expect(failureOf(() => openNamespace(join(folder, 'none'))).message).toMatch(/^there is no file '.*none'$/);
    rmSync(folder, { recursive: true });
  });

  it('may be a process that has exited', async () => {
    const child = spawn('true');
    await once(child, 'exit');
    const failure = failureOf(() => openNamespace(`${child.pid}`));
    expect(failure.code).toBe('FT_NAMESPACE');
    expect(failure.message).toContain(`there is no process ${child.pid}`);
  });
});

describe('this process’s own network namespace', () => {
  it('is opened, and needs no privilege to be entered', () => {
    const own = ownNamespace();
    expect(own.inode).toBe(inodeHere());
    expect(ownNamespaceInode()).toBe(inodeHere());
    expect(withoutCapabilities(() => inNamespace(own, () => 7))).toBe(7);
    own.close();
    own.close();
    expect(failureOf(() => inNamespace(own, () => 7)).message).toContain('has been closed');
  });

  it('is what its PID and its file lead to', () => {
    for (const reference of [`${process.pid}`, '/proc/self/ns/net', '/proc/thread-self/ns/net']) {
      const handle = openNamespace(reference);
      expect(handle.inode).toBe(inodeHere());
      handle.close();
    }
  });

  it('takes no asynchronous work', async () => {
    const own = ownNamespace();
    let hasRun = false;
    const work = async (): Promise<void> => {
      hasRun = true;
    };
    expect(failureOf(() => inNamespace(own, work))).toMatchObject({ code: 'FT_ARGUMENT' });
    expect(hasRun).toBe(false);
    expect(failureOf(() => inNamespace(own, () => Promise.reject(new Error('late'))))).toMatchObject({
      code: 'FT_ARGUMENT',
    });
    own.close();
    await new Promise(setImmediate);
  });
});

describe('another network namespace', () => {
  beforeEach(({ skip }) => {
    const reason = whyNoNamespaces();
    if (reason !== undefined) skip(reason);
  });

  it('is where the work runs, and the process comes back', () => {
    const home = inodeHere();
    const other = createNamespace();
    const handle = openNamespace(other.path);
    expect(handle.inode).toBe(other.inode);
    const links = (): string => readFileSync('/proc/thread-self/net/dev', 'latin1');
    expect(inNamespace(handle, () => [inodeHere(), ownNamespaceInode()])).toEqual([other.inode, other.inode]);
    expect(inNamespace(handle, links)).not.toBe(links());
    expect(inodeHere()).toBe(home);
    handle.close();
  });

  it('is left when the work throws', () => {
    const home = inodeHere();
    const handle = openNamespace(createNamespace().path);
    expect(() =>
      inNamespace(handle, () => {
        throw new RangeError('mine');
      }),
    ).toThrow(new RangeError('mine'));
    expect(inodeHere()).toBe(home);
    handle.close();
  });

  it('may be entered from within another', () => {
    const home = ownNamespace();
    const [first, second] = [openNamespace(createNamespace().path), openNamespace(createNamespace().path)];
    const seen = inNamespace(first, () => {
      const inner = inNamespace(second, () => [inodeHere(), inNamespace(home, inodeHere)]);
      return [...inner, inodeHere()];
    });
    expect(seen).toEqual([second.inode, home.inode, first.inode]);
    expect(inodeHere()).toBe(home.inode);
    for (const handle of [home, first, second]) handle.close();
  });

  it('takes no asynchronous work, and is left', () => {
    const home = inodeHere();
    const handle = openNamespace(createNamespace().path);
    expect(failureOf(() => inNamespace(handle, () => Promise.resolve(1))).code).toBe('FT_ARGUMENT');
    expect(inodeHere()).toBe(home);
    handle.close();
  });

  it('is not entered without CAP_SYS_ADMIN', () => {
    const handle = openNamespace(createNamespace().path);
    const failure = withoutCapabilities(() => failureOf(() => inNamespace(handle, () => expect.unreachable())));
    expect(failure).toMatchObject({ code: 'FT_PRIVILEGE' });
    expect(failure.message).toContain('CAP_SYS_ADMIN');
    handle.close();
  });

  it('stays as long as its handle, even if its process exits', async () => {
    const child = inside(createNamespace(), () => spawn('sleep', ['600']));
    forgetNamespaces();
    children.push(child);
    await once(child, 'spawn');
    const handle = openNamespace(`${child.pid}`);
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
    expect(inNamespace(handle, inodeHere)).toBe(handle.inode);
    handle.close();
  });

  it('of another user’s process is not opened without CAP_SYS_PTRACE', async () => {
    const child = spawn('sleep', ['600'], { uid: 65534, gid: 65534 });
    children.push(child);
    await once(child, 'spawn');
    const failure = withoutCapabilities(() => failureOf(() => openNamespace(`${child.pid}`)));
    expect(failure).toMatchObject({
      code: 'FT_PRIVILEGE',
      message: `the network namespace of process ${child.pid} may not be opened`,
    });
    expect(failure.hint).toContain('CAP_SYS_PTRACE');
  });

  it('keeps the process that cannot come back from doing anything more', async () => {
    vi.resetModules();
    const fresh = await import('./network-namespace.ts');
    const home = currentNamespace();
    const handle = fresh.openNamespace(createNamespace().path);
    let giveBack = (): void => {};
    const leave = (): unknown =>
      fresh.inNamespace(handle, () => {
        giveBack = dropCapabilities();
      });
    const messages = [messageOf(leave), messageOf(leave), messageOf(() => fresh.inNamespace(handle, () => 1))];
    giveBack();
    enter(home);
    const last = messageOf(() => fresh.inNamespace(handle, () => 1));
    expect(new Set([...messages, last])).toEqual(
      new Set([
        `FT_KERNEL the process cannot come back from the network namespace '${handle.reference}' to its own: EPERM`,
      ]),
    );
    handle.close();
  });
});

/** The error is of a class of the freshly loaded modules. */
function messageOf(run: () => unknown): string {
  try {
    return `returned ${String(run())}`;
  } catch (error) {
    const { code, message } = error as FourtupleError;
    return `${code} ${message}`;
  }
}

describe('a name of `ip netns`', () => {
  needsPrograms('ip');
  const names: string[] = [];

  beforeEach(({ skip }) => {
    const reason = whyNoNamespaces();
    if (reason !== undefined) skip(reason);
  });

  afterEach(() => {
    for (const name of names.splice(0)) ip(`netns delete ${name}`);
  });

  function add(name: string): string {
    ip(`netns add ${name}`);
    names.push(name);
    return name;
  }

  it('is opened', () => {
    const name = add(`fourtuple-${process.pid}-a`);
    const handle = openNamespace(name);
    expect(inNamespace(handle, inodeHere)).toBe(handle.inode);
    expect(handle.inode).not.toBe(inodeHere());
    handle.close();
  });

  it('wins over a PID', () => {
    const name = add(`${process.pid}`);
    const handle = openNamespace(name);
    expect(handle.inode).not.toBe(inodeHere());
    handle.close();
  });

  it('is suggested where it is much like a mistyped one', () => {
    const name = add(`fourtuple-${process.pid}-prod`);
    const mistyped = name.replace('prod', 'pord');
    expect(failureOf(() => openNamespace(mistyped)).message).toMatch(
      new RegExp(`^there is no network namespace '${mistyped}'; there are: ${name}`),
    );
  });

  it('may be a file that was left over', () => {
    mkdirSync('/run/netns', { recursive: true });
    const name = `fourtuple-${process.pid}-left`;
    writeFileSync(`/run/netns/${name}`, '');
    const failure = failureOf(() => openNamespace(name));
    rmSync(`/run/netns/${name}`);
    expect(failure.code).toBe('FT_NAMESPACE');
    expect(failure.message).toContain('is a leftover');
    expect(failure.hint).toContain(`ip netns delete ${name}`);
  });
});
