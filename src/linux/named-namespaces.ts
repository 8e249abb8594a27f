import { basename, dirname } from 'node:path';
import { readMounts } from './mount-info.ts';
import { NAMED_NAMESPACES, namespaceNames } from './namespace-reference.ts';
import { printable } from './printable.ts';

/** A network namespace that has a file mounted, which keeps it without a process. */
export interface NamedNamespace {
  readonly inode: number;
  /** What `ip netns` calls it; null for a file elsewhere, such as Docker's. */
  readonly name: string | null;
  readonly path: string;
}

/** The network namespaces whose files are mounted where this process sees them. */
export function namedNamespaces(): {
  readonly namespaces: readonly NamedNamespace[];
  readonly notes: readonly string[];
} {
  const namespaces = readMounts('nsfs').flatMap(({ root, point }): NamedNamespace[] => {
    const inode = /^net:\[(\d+)\]$/.exec(root)?.[1];
    if (inode === undefined) return [];
    const name = NAMED_NAMESPACES.includes(dirname(point)) ? printable(basename(point)) : null;
    return [{ inode: Number(inode), name, path: point }];
  });
  const mounted = new Set(namespaces.map(({ path }) => basename(path)));
  const leftovers = namespaceNames().filter((name) => !mounted.has(name));
  return { namespaces, notes: leftovers.map(leftoverNote) };
}

function leftoverNote(name: string): string {
  return `'${printable(name)}' in ${NAMED_NAMESPACES[0]} is skipped: no network namespace is mounted on it here`;
}
