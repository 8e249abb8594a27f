import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, statSync, unlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { FourtupleError } from '../tcp/error.ts';
import { choicesOf, type Spread } from '../tcp/spread.ts';
import { timerGranuleSeconds } from '../tcp/timer-wheel.ts';
import { type AttachType, detachFromCgroup, mapsOfProgram, programsOfCgroup } from './bpf-attached.ts';
import { type BpfLink, BpfObject } from './bpf-object.ts';
import { readMounts } from './mount-info.ts';
import { TICK_SECONDS, TICKS } from './spread-layout.ts';
import { SpreadMaps } from './spread-maps.ts';
import { ticksPerSecond } from './timer-tick.ts';

/** The programs of an object, and where they are attached: what counts first, what spreads last. */
const PROGRAMS: Readonly<Record<Spread['kind'], readonly (readonly [program: string, at: AttachType])[]>> = {
  sources: [
    ['ft_src_connect6', 'connect6'],
    ['ft_src_connect4', 'connect4'],
  ],
  destinations: [
    ['ft_dst_peer6', 'getpeername6'],
    ['ft_dst_peer4', 'getpeername4'],
    ['ft_dst_connect6', 'connect6'],
    ['ft_dst_connect4', 'connect4'],
  ],
};
const COUNTER = 'ft_count';
/** Of the kernel (TCP_TIMEWAIT_LEN of include/net/tcp.h). */
const TIME_WAIT_SECONDS = 60;
/** So many lanes have room: 570 bytes each. */
const MOST_LANES = 8_192;
const MOST_GROUPS = 1_024;
/** Where bpf file systems are mounted on most machines. */
const BPF_FILE_SYSTEM = '/sys/fs/bpf';

/** What this process holds, by the cgroup's directory and the namespace's cookie: it ends with the process. */
const held = new Map<string, readonly BpfLink[]>();

/**
 * Loads the programs of a spread and attaches them to a cgroup. They count from now on, and spread nothing before
 * {@link SpreadMaps.enable}.
 *
 * @param directory of the cgroup
 * @param pinned whether they stay when this process ends
 * @param netnsCookie of the network namespace whose connections are meant
 * @throws FourtupleError FT_UNSUPPORTED, FT_PRIVILEGE, FT_KERNEL; FT_CHANGED where one is attached there already: nothing is
 *   attached then
 */
export function attachSpread(spread: Spread, directory: string, pinned: boolean, netnsCookie: bigint): void {
  const folder = pinned ? newPinFolder(directory, netnsCookie) : null;
  const links: BpfLink[] = [];
  try {
    withSpreadObject(spread, netnsCookie, (object) => {
      links.push(object.attach(COUNTER));
      for (const [program] of PROGRAMS[spread.kind]) links.push(object.attachToCgroup(program, directory));
      if (folder !== null) for (const link of links) link.pin(`${folder}/${link.program}`);
    });
  } catch (error) {
    for (const link of links) link.close();
    if (folder !== null) removePins(folder);
    throw error;
  }
  if (pinned) for (const link of links) link.close();
  else held.set(nameOf(directory, netnsCookie), links);
}

/** A spread that its holder alone can tell things and detach. */
export interface HeldSpread {
  /** Not to be closed: they end with {@link detach}. */
  readonly maps: SpreadMaps;
  detach(): void;
}

/**
 * Attaches a spread until its holder detaches it or ends, beside whatever is attached to the cgroup, which stays as it is.
 * It is for a network namespace that no other spread is meant for. Else as {@link attachSpread}.
 */
export function holdSpread(spread: Spread, directory: string, netnsCookie: bigint): HeldSpread {
  const { object, maps } = loadSpread(spread, netnsCookie);
  const links: BpfLink[] = [];
  const detach = (): void => {
    for (const link of links) link.close();
    object.close();
  };
  try {
    links.push(object.attach(COUNTER));
    for (const [program] of PROGRAMS[spread.kind]) links.push(object.attachToCgroup(program, directory));
  } catch (error) {
    detach();
    throw error;
  }
  return { maps, detach };
}

/** Loads the programs of a spread, and attaches them nowhere: whether the kernel takes them. @throws like {@link attachSpread} */
export function checkSpreadLoads(spread: Spread): void {
  withSpreadObject(spread, 0n, () => {});
}

function withSpreadObject(spread: Spread, netnsCookie: bigint, work: (object: BpfObject) => void): void {
  const { object } = loadSpread(spread, netnsCookie);
  try {
    work(object);
  } finally {
    object.close();
  }
}

function loadSpread(spread: Spread, netnsCookie: bigint): { readonly object: BpfObject; readonly maps: SpreadMaps } {
  const choices = choicesOf(spread) ?? 1;
  const groups = spread.kind === 'sources' ? Math.min(MOST_GROUPS, Math.floor(MOST_LANES / choices)) : 1;
  const lanes = groups * choices;
  const title = `spread-${spread.kind}.bpf.o`;
  const object = BpfObject.load(title, readObject(title), { group_numbers: groups, lanes, corrections: lanes });
  try {
    const maps = SpreadMaps.fromObject(spread.kind, object);
    maps.writeSpread(spread, { netnsCookie, heldTicks: heldTicks(), mostGroups: groups });
    return { object, maps };
  } catch (error) {
    object.close();
    throw error;
  }
}

/** The tick in which it entered counts too. */
function heldTicks(): number {
  const seconds = TIME_WAIT_SECONDS + timerGranuleSeconds(TIME_WAIT_SECONDS, ticksPerSecond());
  return Math.min(TICKS - 1, Math.ceil(seconds / TICK_SECONDS) + 1);
}

/** The objects are beside the sources and the built program alike. */
function readObject(title: string): Uint8Array {
  for (const up of ['../..', '../../..']) {
    const url = new URL(`${up}/bpf/${title}`, import.meta.url);
    if (existsSync(url)) return readFileSync(url);
  }
  throw new FourtupleError('FT_UNSUPPORTED', `bpf/${title} is missing from this installation`);
}

/** A spread that acts on a cgroup: its maps are to be closed. */
export interface FoundSpread {
  readonly maps: SpreadMaps;
  readonly spread: Spread;
}

/**
 * The spread that is attached to a cgroup, for the connections of one network namespace.
 *
 * @param netnsCookie of the network namespace
 * @param scope `all`: or to one above it
 * @returns null where there is none, or the cgroup is gone
 * @throws FourtupleError FT_UNSUPPORTED, FT_PRIVILEGE, FT_KERNEL
 */
export function findSpread(directory: string, netnsCookie: bigint, scope: 'own' | 'all' = 'own'): FoundSpread | null {
  if (!existsSync(directory)) return null;
  const attached = programsOfCgroup(directory, 'connect4', scope);
  for (const kind of ['sources', 'destinations'] as const) {
    const [program] = PROGRAMS[kind].at(-1) as readonly [string, AttachType];
    for (const { id } of attached.filter(({ name }) => name === program)) {
      const maps = new SpreadMaps(kind, mapsOfProgram(id));
      if (maps.netnsCookie === netnsCookie) return { maps, spread: maps.readSpread() };
      maps.close();
    }
  }
  return null;
}

/**
 * Detaches what is attached to a cgroup for one network namespace, by whomever; what is not is no error.
 *
 * @throws FourtupleError FT_PRIVILEGE, FT_KERNEL
 */
export function detachSpread(directory: string, netnsCookie: bigint): void {
  if (existsSync(directory)) {
    const ours = new Set<number>();
    for (const [name, at] of [...PROGRAMS.sources, ...PROGRAMS.destinations]) {
      for (const program of programsOfCgroup(directory, at, 'own')) {
        if (program.name === name && isFor(program.id, netnsCookie)) ours.add(program.id);
      }
    }
    if (ours.size > 0) detachFromCgroup(statSync(directory).ino, ours);
  }
  const name = nameOf(directory, netnsCookie);
  for (const link of held.get(name) ?? []) link.close();
  held.delete(name);
  const folder = pinFolder(directory, netnsCookie);
  if (folder !== null) removePins(folder);
}

function isFor(program: number, netnsCookie: bigint): boolean {
  const maps = new SpreadMaps('sources', mapsOfProgram(program));
  try {
    return maps.netnsCookie === netnsCookie;
  } finally {
    maps.close();
  }
}

function nameOf(directory: string, netnsCookie: bigint): string {
  return `${netnsCookie} ${directory}`;
}

/** @throws FourtupleError FT_UNSUPPORTED where there is no bpf file system on which a spread could be pinned */
export function checkCanPin(): void {
  if (pinFolder('/', 0n) === null) throw noPinFolder();
}

/** null where no bpf file system is mounted. Names there have no dots, and no more than 255 bytes. */
function pinFolder(directory: string, netnsCookie: bigint): string | null {
  const mounts = readMounts('bpf');
  const mount = mounts.find(({ point }) => point === BPF_FILE_SYSTEM) ?? mounts[0];
  const name = createHash('sha256').update(nameOf(directory, netnsCookie)).digest('hex').slice(0, 16);
  return mount === undefined ? null : `${mount.point}/fourtuple/${name}`;
}

function newPinFolder(directory: string, netnsCookie: bigint): string {
  const folder = pinFolder(directory, netnsCookie);
  if (folder === null) throw noPinFolder();
  // Of a cgroup that had this path, and was removed.
  removePins(folder);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

function noPinFolder(): FourtupleError {
  return new FourtupleError('FT_UNSUPPORTED', 'no bpf file system is mounted, on which it could be kept', {
    hint: `mount -t bpf bpf ${BPF_FILE_SYSTEM}; or leave out --detach: it lasts for as long as fourtuple runs then.`,
  });
}

/** With the folder of all of them, where these are the last; also where another has come to an end on the way. */
function removePins(folder: string): void {
  if (existsSync(folder)) {
    for (const name of readdirSync(folder)) unlinkSync(`${folder}/${name}`);
    rmdirSync(folder);
  }
  const above = dirname(folder);
  if (existsSync(above) && readdirSync(above).length === 0) rmdirSync(above);
}
