import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { FourtupleError } from '../tcp/error.ts';
import { nearNames } from '../tcp/near-names.ts';
import { printable } from './printable.ts';

/** Where `ip netns` keeps its names (ip-netns(8)); the second is an older place, and nowadays a link to the first. */
export const NAMED_NAMESPACES: readonly string[] = ['/run/netns', '/var/run/netns'];

const NAMES_SHOWN = 8;

/** A file that a reference to a network namespace leads to. */
export interface NamespaceFile {
  readonly path: string;
  readonly kind: 'name' | 'pid' | 'path';
}

/** The names that `ip netns` knows, sorted; not all of them need be namespaces still. */
export function namespaceNames(): string[] {
  const names = new Set<string>();
  for (const folder of NAMED_NAMESPACES) for (const name of tryList(folder)) names.add(name);
  return [...names].sort();
}

/**
 * Finds the file that a reference to a network namespace means: a path where it has a `/`; else a name that `ip netns`
 * gave; else, where it is all digits, the namespace of the process with that PID. A name wins over a PID.
 *
 * @throws FourtupleError FT_NAMESPACE where there is no such name or process; it lists the names that are most like it
 */
export function resolveNamespace(reference: string): NamespaceFile {
  if (reference === '' || reference.includes('\0')) {
    throw new FourtupleError('FT_NAMESPACE', `'${printable(reference)}' names no network namespace`, {
      hint: 'Give a name that `ip netns list` shows, the PID of a process, or the path of a namespace file.',
    });
  }
  if (reference.includes('/')) return { path: reference, kind: 'path' };
  const isName = reference !== '.' && reference !== '..';
  for (const folder of isName ? NAMED_NAMESPACES : []) {
    const path = join(folder, reference);
    if (exists(path)) return { path, kind: 'name' };
  }
  if (!/^\d+$/.test(reference)) throw noSuchName(reference);
  const pid = Number(reference);
  if (pid === 0 || !exists(`/proc/${pid}`)) throw noSuchProcess(reference);
  return { path: `/proc/${pid}/ns/net`, kind: 'pid' };
}

function noSuchName(name: string): FourtupleError {
  const names = namespaceNames();
  const shown = nearNames(name, names, NAMES_SHOWN).map(printable);
  const more = names.length > shown.length ? ` and ${names.length - shown.length} more` : '';
  const list = shown.length === 0 ? '`ip netns` has named none' : `there are: ${shown.join(', ')}${more}`;
  return new FourtupleError('FT_NAMESPACE', `there is no network namespace '${printable(name)}'; ${list}`, {
    hint: 'A container’s namespace has no such name: give the PID of one of its processes.',
  });
}

function noSuchProcess(pid: string): FourtupleError {
  return new FourtupleError('FT_NAMESPACE', `there is no process ${pid}, and no network namespace of that name`, {
    hint: 'The process may have exited, or be in another PID namespace than this one.',
  });
}

function tryList(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function exists(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    // It can be there and not be looked at; opening it will say so.
    return (error as NodeJS.ErrnoException).code === 'EACCES';
  }
}
