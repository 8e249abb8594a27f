import { existsSync, statSync } from 'node:fs';
import { FourtupleError } from '../tcp/error.ts';
import type { Spread } from '../tcp/spread.ts';
import { type AttachType, detachFromCgroup, mapsOfProgram, programsOfCgroup } from './bpf-attached.ts';
import type { BpfLink } from './bpf-object.ts';
import { SpreadMaps } from './spread-maps.ts';
import { closeAll, LoadedSpread, PROGRAMS } from './spread-object.ts';
import { newPinFolder, removePins } from './spread-pins.ts';

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
  const before = findSpread(directory, netnsCookie);
  if (before !== null) {
    before.maps.close();
    throw new FourtupleError('FT_CHANGED', `connections of ${directory} are spread already`);
  }
  const name = nameOf(directory, netnsCookie);
  const folder = pinned ? newPinFolder(name) : null;
  const loaded = LoadedSpread.load(spread, netnsCookie);
  let links: readonly BpfLink[] = [];
  try {
    links = loaded.attach(directory);
    if (folder !== null) for (const link of links) link.pin(`${folder}/${link.program}`);
  } catch (error) {
    closeAll(links);
    if (pinned) removePins(name);
    throw error;
  } finally {
    loaded.close();
  }
  if (pinned) closeAll(links);
  else held.set(name, links);
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
  const loaded = LoadedSpread.load(spread, netnsCookie);
  try {
    const links = loaded.attach(directory);
    const detach = (): void => {
      closeAll(links);
      loaded.close();
    };
    return { maps: loaded.maps, detach };
  } catch (error) {
    loaded.close();
    throw error;
  }
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
      const spread = readIfFor(maps, netnsCookie);
      if (spread !== null) return { maps, spread };
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
  closeAll(held.get(name) ?? []);
  held.delete(name);
  removePins(name);
}

/** null where it is for another network namespace: the maps are closed then. */
function readIfFor(maps: SpreadMaps, netnsCookie: bigint): Spread | null {
  let spread: Spread | null = null;
  try {
    if (maps.netnsCookie === netnsCookie) spread = maps.readSpread();
    return spread;
  } finally {
    if (spread === null) maps.close();
  }
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
