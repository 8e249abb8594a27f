import { containerOf, ownContainer } from './container-name.ts';
import { unescapeUnit } from './unit-name.ts';

const UNIT = /^(.+)\.(service|scope|slice|socket|mount|swap)$/s;
const USER_MANAGER = /^user@\d+\.service$/;
const LEAST_DIGITS = 4;
const ID_START = /^[0-9a-f]+$/i;
/** `containerd://<id>` of kubectl, `docker <id>` of our own output. */
const RUNTIME_BEFORE = /^(?:[a-z][a-z-]*:\/\/|[a-z][a-z-]* )/;
const DIGITS_SHOWN = 12;

/** How cgroups of one kind are asked for by name, among the paths of all cgroups. */
export interface NamedCgroups {
  readonly title: string;
  /** The cgroups that the name means, outermost first. */
  find(wanted: string, paths: readonly string[]): string[];
  /** All names of this kind, for messages. */
  names(paths: readonly string[]): string[];
  /** What to do where there is none of the name. */
  readonly advice: string;
}

/**
 * systemd's units. What has no suffix is a service's name. The host's own come before those of users' service managers and
 * of containers.
 */
export const UNITS: NamedCgroups = {
  title: 'unit',
  find(wanted, paths) {
    const hasSuffix = UNIT.test(wanted);
    const named = paths.filter((path) => {
      const last = lastOf(path);
      if (hasSuffix) return isCalled(last, wanted);
      const [, stem, suffix] = UNIT.exec(last) ?? [];
      return stem !== undefined && suffix !== 'slice' && isCalled(stem, wanted);
    });
    if (!hasSuffix && !named.some((path) => path.endsWith('.service'))) return [];
    const hosts = named.filter(isHosts);
    return hosts.length > 0 ? hosts : named;
  },
  names: (paths) => distinct(paths.map(lastOf).filter((last) => UNIT.test(last))),
  advice: '`systemctl status` names the units that run; one that does not run has no cgroup.',
};

/** Containers, by the beginning of an ID, or the name of one of LXC or systemd-machined. */
export const CONTAINERS: NamedCgroups = {
  title: 'container',
  find(wanted, paths) {
    const name = wanted.replace(RUNTIME_BEFORE, '');
    const start = name.length >= LEAST_DIGITS && ID_START.test(name) ? name.toLowerCase() : null;
    const found: string[] = [];
    for (const path of paths) {
      const own = containerAt(path);
      if (own === null) continue;
      const isMeant = own.id === null ? own.name === name : start !== null && own.id.startsWith(start);
      if (isMeant && !found.some((outer) => isPartOf(path, outer))) found.push(path);
    }
    return found;
  },
  names: (paths) =>
    distinct(
      paths.flatMap((path) => {
        const own = containerAt(path);
        return own === null ? [] : [own.id?.slice(0, DIGITS_SHOWN) ?? (own.name as string)];
      }),
    ),
  advice:
    'Give at least 4 digits of its ID, as `docker ps`, `crictl ps` or `podman ps` show it: only LXC and machined ' +
    'name a cgroup by a container’s name.',
};

function containerAt(path: string): ReturnType<typeof ownContainer> {
  const segments = path.split('/');
  return ownContainer(segments.at(-1) ?? '', segments.at(-2) ?? '');
}

/** The same container twice, one inside the other: it is the outer. */
function isPartOf(path: string, outer: string): boolean {
  return path.startsWith(`${outer}/`) && containerAt(path)?.id === containerAt(outer)?.id;
}

/** systemd escapes some characters, and puts a `_` before what the kernel could have a file of that name for. */
function isCalled(segment: string, wanted: string): boolean {
  return segment === wanted || segment.replace(/^_/, '') === wanted || unescapeUnit(segment) === wanted;
}

function isHosts(path: string): boolean {
  const above = path.split('/').slice(1, -1);
  return containerOf(above) === null && !above.some((segment) => USER_MANAGER.test(segment));
}

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}
