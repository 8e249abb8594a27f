import { existsSync, readFileSync } from 'node:fs';
import { FourtupleError } from '../tcp/error.ts';
import { choicesOf, type Spread } from '../tcp/spread.ts';
import { timerGranuleSeconds } from '../tcp/timer-wheel.ts';
import type { AttachType } from './bpf-attached.ts';
import { type BpfLink, BpfObject } from './bpf-object.ts';
import { TICK_SECONDS, TICKS } from './spread-layout.ts';
import { SpreadMaps } from './spread-maps.ts';
import { ticksPerSecond } from './timer-tick.ts';

/** The programs of an object, and where they are attached to a cgroup: what spreads last. */
export const PROGRAMS: Readonly<Record<Spread['kind'], readonly (readonly [program: string, at: AttachType])[]>> = {
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

  /** @param netnsCookie of the network namespace whose connections are meant @throws FourtupleError FT_UNSUPPORTED, FT_PRIVILEGE, FT_KERNEL */
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

/** Detaches what is not pinned. */
export function closeAll(links: readonly BpfLink[]): void {
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

/** Loads the programs of a spread, and attaches them nowhere: whether the kernel takes them. @throws like `LoadedSpread.load` */
export function checkSpreadLoads(spread: Spread): void {
  LoadedSpread.load(spread, 0n).close();
}
