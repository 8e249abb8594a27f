/**
 * A cgroup's path in the one form that the kernel writes: a `/` first, none last, none twice, no `.`; a `..` only at its
 * beginning, where it leads out of this cgroup namespace (cgroup_namespaces(7)).
 */
export function normalizeCgroupPath(text: string): string {
  const names: string[] = [];
  for (const name of namesOf(text)) {
    if (name === '.') continue;
    if (name === '..' && names.length > 0 && names.at(-1) !== '..') names.pop();
    else names.push(name);
  }
  return `/${names.join('/')}`;
}

/** The path of what lies below a cgroup: `/a` and `/b` give `/a/b`; `/` and nothing give `/`. */
export function pathFrom(root: string, below: string): string {
  return root === '/' ? below || '/' : root + below;
}

/**
 * What of a path is below a mount: `/a/b` below `/a` is `/b`; `/a` itself is empty. Both are normalized, and from the root
 * of this cgroup namespace.
 *
 * @param root what is mounted; `/..` for a mount from before this cgroup namespace was made
 * @param home where the root of this cgroup namespace is below such a mount; null where it is not known
 * @returns null where the mount does not show it
 */
export function pathBelow(root: string, path: string, home: () => string | null): string | null {
  const [mountUp, up] = [stepsUp(root), stepsUp(path)];
  if (path === root) return '';
  if (mountUp === up) {
    const prefix = root === '/' ? '' : root;
    return path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : null;
  }
  if (mountUp < up || mountUp < namesOf(root).length) return null;
  const names = namesOf(home() ?? '');
  if (names.length !== mountUp) return null;
  return [...names.slice(0, mountUp - up), ...namesOf(path).slice(up)].map((name) => `/${name}`).join('');
}

/** How many cgroups a normalized path leads up, out of this cgroup namespace. */
export function stepsUp(path: string): number {
  const names = namesOf(path);
  const first = names.findIndex((name) => name !== '..');
  return first < 0 ? names.length : first;
}

function namesOf(path: string): string[] {
  return path.split('/').filter((name) => name !== '');
}
