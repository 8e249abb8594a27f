import { spreadCookie } from '../changes/spread-target.ts';
import type { NamespaceHandle } from '../linux/namespace-handle.ts';
import { inNamespace } from '../linux/network-namespace.ts';
import type { SpreadCounts } from '../linux/spread-counts.ts';
import type { SpreadMaps } from '../linux/spread-maps.ts';
import { findSpread } from '../linux/spread-program.ts';
import { readNetworkSettings } from '../linux/sysctl.ts';
import type { Endpoint } from '../tcp/endpoint.ts';
import { FourtupleError } from '../tcp/error.ts';
import type { PortRange } from '../tcp/port-range.ts';
import type { Spread } from '../tcp/spread.ts';
import { correctCounts, lanesInUse } from './correct-counts.ts';
import { type HeldLane, HeldSlots } from './held-slots.ts';
import { namedBy } from './spread-lanes.ts';

/** A lane that connections are spread to, with what the kernel has counted of it. */
export interface SpreadLane {
  /** null: every address of the prefix. */
  readonly source: string | null;
  readonly destination: Endpoint;
  readonly used: number;
  readonly timeWait: number;
  /** Since it was attached. */
  readonly attempts: number;
  readonly refusals: number;
}

/** A spread that is attached: it is told what the census sees, and asked what it has counted. */
export class RunningSpread {
  readonly spread: Spread;
  readonly #handle: NamespaceHandle;
  readonly #directory: string;
  readonly #cookie: bigint;
  readonly #maps: SpreadMaps;
  /** As the last look saw them. */
  #held: readonly HeldLane[] = [];

  /** @throws FourtupleError FT_CHANGED where none is attached to the cgroup */
  constructor(handle: NamespaceHandle, directory: string) {
    this.#cookie = spreadCookie(handle);
    const found = findSpread(directory, this.#cookie);
    if (found === null) throw new FourtupleError('FT_CHANGED', `no spread is attached to ${directory} any more`);
    this.spread = found.spread;
    this.#maps = found.maps;
    this.#handle = handle;
    this.#directory = directory;
  }

  /** Tells it what is held already, and lets it spread. */
  begin(): void {
    const lanes = this.#look();
    for (const destination of [...namedBy(this.spread), ...lanes.map((lane) => lane.destination)]) {
      if (this.spread.kind === 'sources') this.#maps.addGroup(destination);
    }
    correctCounts(this.#maps, this.spread, lanes);
    this.#maps.enable();
  }

  /** Tells it what is held now. */
  correct(): void {
    const before = lanesInUse(this.#maps);
    correctCounts(this.#maps, this.spread, this.#look(), before);
  }

  /** Whether it is attached still: another process may take it back, and its cgroup may go. */
  isThere(): boolean {
    const found = findSpread(this.#directory, this.#cookie);
    found?.maps.close();
    return found !== null;
  }

  counts(): SpreadCounts {
    return this.#maps.readCounts();
  }

  /** Those that connections were tried on, with what the last look has seen of them. */
  lanes(): SpreadLane[] {
    return this.#maps.readLanes().map(({ source, destination, attempts, refusals }) => {
      const own = this.#held.filter(
        (lane) => isSame(lane.destination, destination) && (source ?? lane.source) === lane.source,
      );
      const timeWait = own.reduce((sum, lane) => sum + lane.timeWait, 0);
      const used = own.reduce((sum, lane) => sum + lane.live, timeWait);
      return { source, destination, used, timeWait, attempts, refusals };
    });
  }

  close(): void {
    this.#maps.close();
  }

  #look(): readonly HeldLane[] {
    this.#held = inNamespace(this.#handle, () => HeldSlots.count(this.spread, ephemeralRange()).lanes());
    return this.#held;
  }
}

const ANY: PortRange = { low: 1, high: 65_535 };

/** Of the namespace that the calling thread is in. */
function ephemeralRange(): PortRange {
  return readNetworkSettings().portRange ?? ANY;
}

function isSame(a: Endpoint, b: Endpoint): boolean {
  return a.port === b.port && a.address === b.address;
}
