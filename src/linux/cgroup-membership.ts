import { type CgroupName, nameCgroup } from './cgroup-name.ts';

const KIND_ORDER: Readonly<Record<CgroupName['kind'], number>> = { unit: 1, container: 2, pod: 3 };

/** Of two that say as much, the first counts: version 2, systemd's own, then what container runtimes always use. */
const HIERARCHY_ORDER = ['', 'name=systemd', 'memory'];

/**
 * Of the cgroups that /proc/PID/cgroup lists (cgroups(7)), the one that says most about what the process is part of: a
 * pod's rather than a container's rather than a unit's rather than one without a name. With version 1 a container can be
 * in some hierarchies only.
 *
 * @returns null where all are roots
 */
export function mostTellingCgroup(text: string): string | null {
  const lines = text.split('\n').flatMap(parseLine);
  lines.sort((a, b) => b.rank - a.rank || a.order - b.order);
  return lines[0]?.path ?? null;
}

/**
 * The version-2 cgroup that /proc/PID/cgroup lists, from the root of this cgroup namespace: `/..` leads out of it.
 *
 * @returns null where it lists none: the kernel has no version 2, or nobody has mounted it yet
 */
export function version2Cgroup(text: string): string | null {
  return /^0::(\/.*)$/m.exec(text)?.[1] ?? null;
}

function parseLine(line: string): { readonly path: string; readonly rank: number; readonly order: number }[] {
  const match = /^\d+:([^:]*):(\/.*)$/.exec(line);
  const path = match?.[2]?.replace(/ \(deleted\)$/, '');
  if (path === undefined || path === '/') return [];
  const name = nameCgroup(path);
  const order = HIERARCHY_ORDER.indexOf(match?.[1] ?? '');
  return [{ path, rank: name === null ? 0 : KIND_ORDER[name.kind], order: order < 0 ? HIERARCHY_ORDER.length : order }];
}
