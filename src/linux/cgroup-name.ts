import { containerOf } from './container-name.ts';
import { printable } from './printable.ts';
import { unescapeUnit } from './unit-name.ts';

/** What people call a cgroup. */
export interface CgroupName {
  readonly kind: 'unit' | 'container' | 'pod';
  /** Of the whole: `nginx.service`, `docker 3f2a9c1b0d4e`, `lxc web`, `pod 8d2c0a5e-…`. */
  readonly name: string;
  /** The part of it: the pod's container, the container's unit, the unit's user; null for none. */
  readonly part: string | null;
  /** Both: `pod 8d2c0a5e-… (container 3f2a9c1b0d4e)`. */
  readonly text: string;
}

/**
 * Names the systemd unit, the container or the pod that a cgroup belongs to, by the layouts of systemd, Docker, containerd,
 * CRI-O, Podman, the kubelet, LXC, systemd-nspawn, libvirt, Amazon ECS and OpenRC. The innermost container wins; a unit
 * inside a container is a part of it. Container IDs are cut to the 12 digits that `docker ps` shows.
 *
 * @param path as /proc/PID/cgroup gives it
 * @returns null for a path that is of none of these
 */
export function nameCgroup(path: string): CgroupName | null {
  const segments = path
    .replace(/ \(deleted\)$/, '')
    .split('/')
    .filter((segment) => segment !== '' && segment !== '..');
  const container = containerOf(segments);
  const unit = unitOf(segments.slice(container?.depth ?? 0));
  if (container === null) return unit === null ? null : cgroupName('unit', unit.name, unit.user);
  const inner = unit === null || unit.name === MANAGER_SCOPE ? null : unit.name;
  return cgroupName(container.kind, container.name, container.part ?? inner);
}

function cgroupName(kind: CgroupName['kind'], rawName: string, rawPart: string | null): CgroupName {
  const name = printable(rawName);
  const part = rawPart === null ? null : printable(rawPart);
  return { kind, name, part, text: part === null ? name : `${name} (${part})` };
}

const UNIT = /^.+\.(?:service|scope|socket|mount|swap)$/s;
const USER_MANAGER = /^user@(\d+)\.service$/;
const USER_SLICE = /^user-(\d+)\.slice$/;
const OPENRC = /^openrc\.(.+)$/s;
/** Where a service manager puts itself: it says less than what is around it. */
const MANAGER_SCOPE = 'init.scope';

/** The innermost unit. */
function unitOf(segments: readonly string[]): { readonly name: string; readonly user: string | null } | null {
  let name: string | null = null;
  let user: string | null = null;
  for (const segment of segments) {
    const uid = (USER_MANAGER.exec(segment) ?? USER_SLICE.exec(segment))?.[1];
    if (uid !== undefined) user = `user ${uid}`;
    const service = OPENRC.exec(segment)?.[1];
    if (service !== undefined) name = `openrc ${service}`;
    else if (UNIT.test(segment) && (segment !== MANAGER_SCOPE || name === null)) name = unescapeUnit(segment);
  }
  return name === null ? null : { name, user: USER_MANAGER.test(name) ? null : user };
}
