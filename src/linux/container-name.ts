import { unescapeUnit } from './unit-name.ts';

/** A container or pod that a cgroup path goes through. */
export interface ContainerName {
  readonly kind: 'container' | 'pod';
  readonly name: string;
  /** The container of a pod. */
  readonly part: string | null;
  /** How many of the path's segments lead to it. */
  readonly depth: number;
}

const ID_DIGITS = 12;

/** What people call the runtime that puts this before a container's ID. */
const RUNTIMES: ReadonlyMap<string, string> = new Map([
  ['cri-containerd', 'containerd'],
  ['crio', 'cri-o'],
  ['docker', 'docker'],
  ['ecs', 'ecs'],
  ['libpod', 'podman'],
  ['libpod_parent', 'podman'],
  ['nerdctl', 'nerdctl'],
]);

/** `docker-<id>.scope`, `crio-conmon-<id>.scope`, `libpod-payload-<id>`: systemd's cgroup driver, and Podman's two. */
const PREFIXED_ID = /^([a-z][a-z_.-]*?)-(?:conmon-|payload-)?([0-9a-f]{64})(?:\.scope)?$/;
/** `docker/<id>`, `pod<uid>/<id>`, `kata_<id>`: the cgroupfs driver. */
const BARE_ID = /^(?:kata_)?([0-9a-f]{64})$/;
/** A task of Amazon ECS on Fargate: `ecs/<task>/<task>-<number>`. */
const FARGATE_ID = /^([0-9a-f]{32})-\d+$/;
/** `kubepods-burstable-pod<uid>.slice`, `pod<uid>`; the systemd driver writes `_` for `-`. A static pod's uid has none. */
const POD = /(?:^|-)pod([0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12}|[0-9a-f]{32})(?:\.slice)?$/;
const LXC = /^lxc\.(?:payload|monitor)\.(.+)$/s;
const LXC_PARENT = /^lxc(?:\.payload|\.monitor)?$/;
/** conmon's beside a container of Podman or CRI-O, and LXC's. */
const WATCHER = /^(?:[a-z][a-z_.-]*-conmon-|lxc\.monitor(?:\.|$))/;
/** systemd-machined's: systemd-nspawn, libvirt. */
const MACHINE = /^(?:machine-(.+)\.scope|systemd-nspawn@(.+)\.service)$/s;
/** runc takes systemd's `slice:prefix:name` for a directory's name when it is told to use cgroupfs. */
const TRIPLE = /^([^:]+\.slice):([^:]+):([^:]+)$/;

/** The innermost container of a path, or the innermost pod where there is none in it. */
export function containerOf(segments: readonly string[]): ContainerName | null {
  let pod: ContainerName | null = null;
  let container: ContainerName | null = null;
  let before = '';
  for (const [index, segment] of segments.entries()) {
    const depth = index + 1;
    for (const piece of TRIPLE.exec(segment)?.slice(1) ?? [segment]) {
      const uid = POD.exec(piece)?.[1];
      if (uid !== undefined) {
        pod = { kind: 'pod', name: `pod ${uid.replaceAll('_', '-')}`, part: null, depth };
        container = null;
      }
      const id = idOf(piece);
      const name = id === null ? namedContainer(piece, before) : `${runtimeOf(piece, before, segments)} ${id}`;
      if (name !== null) {
        const part = id === null ? name : `container ${id}`;
        container = pod === null ? { kind: 'container', name, part: null, depth } : { ...pod, part, depth };
      }
      before = piece;
    }
  }
  return container ?? pod;
}

/** A container's own cgroup. */
export interface OwnContainer {
  /** All digits of its ID; null where it goes by its name. */
  readonly id: string | null;
  /** `web`; null where it goes by its ID. */
  readonly name: string | null;
}

/**
 * The container that a cgroup is the whole of, by its path's last two names.
 *
 * @returns null for a part of one, for what is no container's, and for that of the process that watches over one
 */
export function ownContainer(last: string, before: string): OwnContainer | null {
  if (WATCHER.test(last) || WATCHER.test(before)) return null;
  const piece = TRIPLE.exec(last)?.[3] ?? last;
  const id = fullIdOf(piece);
  if (id !== null) return { id, name: null };
  const text = namedContainer(piece, before);
  return text === null ? null : { id: null, name: text.slice(text.indexOf(' ') + 1) };
}

function idOf(piece: string): string | null {
  return fullIdOf(piece)?.slice(0, ID_DIGITS) ?? null;
}

function fullIdOf(piece: string): string | null {
  return PREFIXED_ID.exec(piece)?.[2] ?? (BARE_ID.exec(piece) ?? FARGATE_ID.exec(piece))?.[1] ?? null;
}

function runtimeOf(piece: string, before: string, segments: readonly string[]): string {
  const prefix = PREFIXED_ID.exec(piece)?.[1];
  if (prefix !== undefined) return RUNTIMES.get(prefix) ?? prefix;
  return RUNTIMES.get(before) ?? (segments[0] === 'ecs' ? 'ecs' : 'container');
}

function namedContainer(piece: string, before: string): string | null {
  const lxc = LXC.exec(piece)?.[1] ?? (LXC_PARENT.test(before) ? piece : undefined);
  if (lxc !== undefined) return `lxc ${lxc}`;
  const machine = MACHINE.exec(piece);
  const name = machine?.[1] ?? machine?.[2];
  return name === undefined ? null : `machine ${unescapeUnit(name)}`;
}
