import { FourtupleError } from '../tcp/error.ts';
import { nearNames } from '../tcp/near-names.ts';
import { cgroupMounts } from './cgroup-mount.ts';
import { type CgroupPlace, placeBelow } from './cgroup-place.ts';
import { processesOf, walkCgroups } from './cgroup-tree.ts';
import type { Mount } from './mount-info.ts';
import type { NamedCgroups } from './named-cgroups.ts';
import { printable } from './printable.ts';
import { readVersion2Cgroup } from './processes.ts';

const SHOWN = 8;

/**
 * Finds the version-2 cgroup that a unit or a container is named by.
 *
 * @throws FourtupleError FT_ARGUMENT where there is none of that name, or several; FT_UNSUPPORTED where only version 1 has it
 */
export function findNamedCgroup(kind: NamedCgroups, wanted: string, mount: Mount): CgroupPlace {
  const paths = pathsBelow(mount);
  const [below, ...others] = wanted === '' ? [] : kind.find(wanted, paths);
  if (below === undefined) throw inVersion1(kind, wanted) ?? noSuchName(kind, wanted, paths);
  if (others.length > 0)
    throw severalOf(
      kind,
      wanted,
      [below, ...others].map((each) => placeBelow(mount, each)),
    );
  return placeBelow(mount, below);
}

function pathsBelow(mount: Mount): string[] {
  return Array.from(walkCgroups(mount.point), ({ below }) => below);
}

/** Where version 1 has controllers, a runtime can leave its processes in the root of version 2. */
function inVersion1(kind: NamedCgroups, wanted: string): FourtupleError | null {
  if (wanted === '') return null;
  for (const mount of cgroupMounts(1)) {
    const [below] = kind.find(wanted, pathsBelow(mount));
    if (below !== undefined) return onlyVersion1(kind.title, wanted, placeBelow(mount, below).directory);
  }
  return null;
}

function onlyVersion1(title: string, wanted: string, directory: string): FourtupleError {
  const [first, ...others] = version2CgroupsOf(directory);
  const what = `the ${title} '${printable(wanted)}' has a cgroup of version 1 only ('${printable(directory)}')`;
  const boot = 'systemd.unified_cgroup_hierarchy=1 on the kernel’s command line gives it a cgroup of version 2.';
  if (first === undefined)
    return new FourtupleError('FT_UNSUPPORTED', `${what}, and no process is in it`, { hint: boot });
  if (first === '/' && others.length === 0) {
    return new FourtupleError('FT_UNSUPPORTED', `${what}: its processes are in the root of version 2`, {
      hint: `\`--pid\` or \`--cgroup /\` would catch every process of the machine. ${boot}`,
    });
  }
  const list = listed([first, ...others]);
  return new FourtupleError('FT_UNSUPPORTED', `${what}: its processes are in ${list} of version 2`, {
    hint: `\`--cgroup\` with such a path would catch all processes that are in it. ${boot}`,
  });
}

function version2CgroupsOf(directory: string): string[] {
  const found = new Set<string>();
  for (const { below } of walkCgroups(directory)) {
    for (const pid of processesOf(directory + below) ?? []) {
      const path = readVersion2Cgroup(pid);
      if (typeof path === 'string') found.add(path);
    }
  }
  return [...found].sort();
}

function noSuchName({ title, names, advice }: NamedCgroups, wanted: string, paths: readonly string[]): FourtupleError {
  const all = names(paths);
  const shown = nearNames(wanted, all, SHOWN).map(printable);
  const more = all.length > shown.length ? ` and ${all.length - shown.length} more` : '';
  const list =
    shown.length === 0 ? `no ${title} has a cgroup of version 2 here` : `there are: ${shown.join(', ')}${more}`;
  return new FourtupleError('FT_ARGUMENT', `there is no ${title} '${printable(wanted)}'; ${list}`, { hint: advice });
}

function severalOf({ title }: NamedCgroups, wanted: string, places: readonly CgroupPlace[]): FourtupleError {
  const list = listed(places.map(({ path }) => path));
  return new FourtupleError(
    'FT_ARGUMENT',
    `'${printable(wanted)}' is the ${title} of ${places.length} cgroups: ${list}`,
    {
      hint: 'Give one of them with `--cgroup PATH`.',
    },
  );
}

function listed(paths: readonly string[]): string {
  const shown = paths.slice(0, SHOWN).map((path) => `'${printable(path)}'`);
  const more = paths.length > shown.length ? ` and ${paths.length - shown.length} more` : '';
  return `${shown.join(', ')}${more}`;
}
