import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Changeable } from '../../src/changes/changeable.ts';
import { type NamespaceHandle, openNamespace, ownNamespace } from '../../src/linux/network-namespace.ts';
import type { Change } from '../../src/remedies/change.ts';
import { FourtupleError } from '../../src/tcp/error.ts';
import { createNamespace, inside } from './network-namespace.ts';
import { temporaryFolder } from './proxies.ts';

/** A folder that stands for `/`, with nothing in it but `/etc/sysctl.d`. */
export function temporaryRoot(): string {
  const root = temporaryFolder();
  mkdirSync(join(root, 'etc/sysctl.d'), { recursive: true });
  return root;
}

/** The current namespace, with an /etc of its own; until the test ends. */
export function placeHere(more: Partial<Changeable> = {}): Changeable {
  return placeOf(ownNamespace(), more);
}

/** Another namespace, by what it can be opened by. */
export function placeAt(reference: string, more: Partial<Changeable> = {}): Changeable {
  return placeOf(openNamespace(reference), more);
}

function placeOf(handle: NamespaceHandle, more: Partial<Changeable>): Changeable {
  onTestFinished(() => handle.close());
  return { handle, name: null, isHost: false, root: temporaryRoot(), ...more };
}

/** A change of a setting. */
export function change(setting: string, value: string): Change {
  return { kind: 'sysctl', setting, value };
}

/** Every setting of the current namespace that can be read, by its path below /proc/sys/net/ipv4. */
export function allSettings(): Record<string, string> {
  const folder = '/proc/sys/net/ipv4';
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(
    files.flatMap((file) => {
      try {
        return [[file, readFileSync(join(folder, file), 'latin1')]];
      } catch {
        return [];
      }
    }),
  );
}

/** What a call throws, which must be an error of the program's own. */
export function failureOf(run: () => unknown): FourtupleError {
  try {
    run();
  } catch (error) {
    if (error instanceof FourtupleError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** Runs synchronous code as a user without privileges, to whom files of root's are another's. */
export function asNobody<T>(run: () => T): T {
  process.seteuid?.(65_534);
  try {
    return run();
  } finally {
    process.seteuid?.(0);
  }
}

/** A process in a network namespace of its own, until the test ends. */
export async function processElsewhere(): Promise<{ readonly pid: number; end(): Promise<void> }> {
  const child = inside(createNamespace(), () => spawn('sleep', ['600'], { stdio: 'ignore' }));
  const gone = once(child, 'exit');
  const end = async (): Promise<void> => {
    child.kill('SIGKILL');
    await gone;
  };
  onTestFinished(end);
  await once(child, 'spawn');
  return { pid: child.pid as number, end };
}
