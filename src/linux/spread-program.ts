import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, statSync, unlinkSync } from 'node:fs';
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

/** What this process holds, by the cgroup's directory: it ends with the process. */
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
  const folder = pinned ? newPinFolder(directory) : null;
  const loaded = LoadedSpread.load(spread, netnsCookie);
  try {
    const links = loaded.attach(directory);
    try {
      if (folder !== null) for (const link of links) link.pin(`${folder}/${link.program}`);
    } catch (error) {
      closeAll(links);
      throw error;
    }
    if (pinned) closeAll(links);
    else held.set(directory, links);
  } catch (error) {
    if (folder !== null) removePins(folder);
    throw error;
  } finally {
    loaded.close();
  }
}

/** Loads the programs of a spread, and attaches them nowhere: whether the kernel takes them. @throws like {@link attachSpread} */
export function checkSpreadLoads(spread: Spread): void {
  LoadedSpread.load(spread, 0n).close();
}

/** The programs of a spread, in the kernel, as long as this or a link holds them. */
export class LoadedSpread {
  readonly maps: SpreadMaps;
  readonly #kind: Spread['kind'];
  readonly #object: BpfObject;

  private constructor(spread: Spread, object: BpfObject) {
    this.#kind = spread.kind;
    this.#object = object;
    this.maps = SpreadMaps.fromObject(spread.kind, object);
  }

  /** @param netnsCookie of the network namespace whose connections are meant @throws like {@link attachSpread} */
  static load(spread: Spread, netnsCookie: bigint): LoadedSpread {
    const choices = choicesOf(spread) ?? 1;
    const groups = spread.kind === 'sources' ? Math.min(MOST_GROUPS, Math.floor(MOST_LANES / choices)) : 1;
    const lanes = groups * choices;
    const title = `spread-${spread.kind}.bpf.o`;
    const object = BpfObject.load(title, readObject(title), { group_numbers: groups, lanes, corrections: lanes });
    const loaded = new LoadedSpread(spread, object);
    try {
      loaded.maps.writeSpread(spread, { netnsCookie, heldTicks: heldTicks(), mostGroups: groups });
      return loaded;
    } catch (error) {
      loaded.close();
      throw error;
    }
  }

  /** All of them or none: what counts first. @param directory of the cgroup */
  attach(directory: string): BpfLink[] {
    const links: BpfLink[] = [];
    try {
      links.push(this.#object.attach(COUNTER));
      for (const [program] of PROGRAMS[this.#kind]) links.push(this.#object.attachToCgroup(program, directory));
      return links;
    } catch (error) {
      closeAll(links);
      throw error;
    }
  }

  /** Links keep what they hold. */
  close(): void {
    this.#object.close();
  }
}

function closeAll(links: readonly BpfLink[]): void {
  for (const link of links) link.close();
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
 * The spread that is attached to a cgroup.
 *
 * @param scope `all`: or to one above it
 * @returns null where there is none, or the cgroup is gone
 * @throws FourtupleError FT_UNSUPPORTED, FT_PRIVILEGE, FT_KERNEL
 */
export function findSpread(directory: string, scope: 'own' | 'all' = 'own'): FoundSpread | null {
  if (!existsSync(directory)) return null;
  const attached = programsOfCgroup(directory, 'connect4', scope);
  for (const kind of ['sources', 'destinations'] as const) {
    const [program] = PROGRAMS[kind].at(-1) as readonly [string, AttachType];
    const found = attached.find(({ name }) => name === program);
    if (found === undefined) continue;
    const maps = new SpreadMaps(kind, mapsOfProgram(found.id));
    return { maps, spread: maps.readSpread() };
  }
  return null;
}

/** Detaches what is attached to a cgroup, by whomever; what is not is no error. @throws FourtupleError FT_PRIVILEGE, FT_KERNEL */
export function detachSpread(directory: string): void {
  if (existsSync(directory)) {
    const ours = new Set<number>();
    for (const [name, at] of [...PROGRAMS.sources, ...PROGRAMS.destinations]) {
      for (const program of programsOfCgroup(directory, at, 'own')) if (program.name === name) ours.add(program.id);
    }
    if (ours.size > 0) detachFromCgroup(statSync(directory).ino, ours);
  }
  for (const link of held.get(directory) ?? []) link.close();
  held.delete(directory);
  const folder = pinFolder(directory);
  if (folder !== null && existsSync(folder)) removePins(folder);
}

/** null where no bpf file system is mounted. Names there have no dots, and no more than 255 bytes. */
function pinFolder(directory: string): string | null {
  const mounts = readMounts('bpf');
  const mount = mounts.find(({ point }) => point === BPF_FILE_SYSTEM) ?? mounts[0];
  const name = createHash('sha256').update(directory).digest('hex').slice(0, 16);
  return mount === undefined ? null : `${mount.point}/fourtuple/${name}`;
}

function newPinFolder(directory: string): string {
  const folder = pinFolder(directory);
  if (folder === null) {
    throw new FourtupleError('FT_UNSUPPORTED', 'no bpf file system is mounted, on which it could be kept', {
      hint: `mount -t bpf bpf ${BPF_FILE_SYSTEM}; or leave out --detach: it lasts for as long as fourtuple runs then.`,
    });
  }
  if (existsSync(folder)) removePins(folder);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

function removePins(folder: string): void {
  for (const name of readdirSync(folder)) unlinkSync(`${folder}/${name}`);
  rmdirSync(folder);
}
