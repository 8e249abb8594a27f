import { PortKind } from '../../src/agent/port-map.ts';
import type { LaneSample } from '../../src/agent/sample.ts';
import type { ProcessReport } from '../../src/diagnosis/report.ts';
import { forecast } from '../../src/tcp/forecast.ts';
import { laneReport } from './reports.ts';

export interface SimulatedLoad {
  readonly ends: readonly [source: string, destination: string, port: number];
  /** Connections per second at a second of the simulation. */
  readonly opensPerSecond: (second: number) => number;
  readonly holdSeconds: number;
  /** Whether this end closes first. */
  readonly closesFirst: boolean;
  readonly processes: readonly ProcessReport[];
  /** Connections that are kept open. */
  readonly kept?: number;
  /** Sockets in other states, beside what opens and closes. */
  readonly stuck?: Readonly<Record<string, number>>;
  /** Whether TIME_WAIT is taken over at once. */
  readonly reuse?: boolean;
}

const LOW = 32_768;
const HIGH = 60_999;
const TIME_WAIT_SECONDS = 60;
const GRANULE_SECONDS = 2.048;
/** Ports that a test's range has not: reserved, and listened on. */
const RESERVED: readonly number[] = Array.from({ length: 64 }, (_, index) => 40_960 + index);
const BLOCKED: readonly number[] = [33_060, 44_321, 50_051];
export const SIMULATED_PORTS = {
  low: LOW,
  high: HIGH,
  size: HIGH - LOW + 1,
  reserved: RESERVED.length,
  blocked: BLOCKED.length,
  usable: HIGH - LOW + 1 - RESERVED.length - BLOCKED.length,
};
const SLOTS = SIMULATED_PORTS.usable;
const CLIFF = SLOTS / 2;

/** A lane whose ports are taken as connect() takes them, even ones first, and given back as the kernel does. */
export class SimulatedLane {
  readonly load: SimulatedLoad;
  /** What each port is, and until when it is. */
  readonly #kind = new Uint8Array(65_536);
  readonly #until = new Float64Array(65_536);
  readonly #next: [number, number] = [LOW, LOW + 1];
  #second = 0;
  #debt = 0;
  #opened = 0;
  #closes = 0;
  #refused = 0;

  constructor(load: SimulatedLoad) {
    this.load = load;
    this.#kind.fill(PortKind.free, LOW, HIGH + 1);
    for (const port of RESERVED) this.#kind[port] = PortKind.reserved;
    for (const port of BLOCKED) this.#kind[port] = PortKind.blocked;
    const stuck = Object.values(load.stuck ?? {}).reduce((sum, count) => sum + count, 0);
    for (let count = (load.kept ?? 0) + stuck; count > 0; count -= 1) this.#take(Number.POSITIVE_INFINITY);
  }

  /** One second passes. */
  pass(): void {
    this.#second += 1;
    const now = this.#second;
    const released = Math.floor(now / GRANULE_SECONDS) * GRANULE_SECONDS;
    for (let port = LOW; port <= HIGH; port += 1) {
      if (this.#kind[port] === PortKind.live && (this.#until[port] as number) <= now) this.#close(port);
      if (this.#kind[port] === PortKind.timeWait && (this.#until[port] as number) <= released) this.#release(port);
    }
    this.#debt += this.load.opensPerSecond(now);
    this.#opened = 0;
    for (; this.#debt >= 1; this.#debt -= 1) {
      if (this.#take(now + this.load.holdSeconds)) this.#opened += 1;
      else this.#refused += 1;
    }
    // What lives shorter than a second has closed within it.
    for (let port = LOW; port <= HIGH; port += 1) {
      if (this.#kind[port] === PortKind.live && (this.#until[port] as number) < now + 0.5) this.#close(port);
    }
  }

  sample(): LaneSample {
    const { ends, closesFirst, processes, kept = 0, stuck = {}, reuse = false, holdSeconds } = this.load;
    const { live, timeWait, releases } = this.#look();
    const others = Object.values(stuck).reduce((sum, count) => sum + count, 0);
    const orphans = stuck.FIN_WAIT2 ?? 0;
    const rate = this.#opened;
    const reclaimable = reuse ? timeWait : 0;
    const held = live + timeWait - reclaimable;
    const outlook = forecast({
      ...{ slots: SLOTS, held, cliffAt: CLIFF, opensPerSecond: rate, granuleSeconds: GRANULE_SECONDS },
      freedAtOncePerSecond: closesFirst && !reuse ? 0 : rate,
      heldAfterClosePerSecond: closesFirst && !reuse ? rate : 0,
      afterCloseSeconds: TIME_WAIT_SECONDS + GRANULE_SECONDS / 2,
      releases: reuse ? [] : releases,
    });
    const states: Record<string, number> = { ESTABLISHED: live - others, TIME_WAIT: timeWait, ...stuck };
    for (const state of Object.keys(states)) if (states[state] === 0) delete states[state];
    const lane = laneReport(ends, states, {
      ...{ slots: SLOTS, reclaimable, live: live - orphans, opensPerSecond: rate, reuse },
      rates: { second: rate, tenSeconds: rate, minute: rate },
      holdSeconds: rate === 0 ? null : Math.max(holdSeconds, (live - kept - others) / rate),
      ...{ cliffAt: CLIFF, processes: live === 0 ? [] : processes },
      ...outlook,
      network: {
        ...{ samples: Math.min(20, live), isPrivate: true, roundTripSeconds: 0.0002, roundTripVarianceSeconds: 0.0001 },
        ...{ retransmitTimeoutSeconds: 0.2, segmentsSent: 90_000, retransmittedShare: 0, reorderedShare: 0 },
        ...{ timestampsShare: 1, bytesPerConnection: 4_200 },
      },
    });
    return {
      ...lane,
      closes: this.#closes,
      refusedConnects: this.#refused,
      timeWaitProcesses: timeWait === 0 ? [] : processes.map((one) => ({ ...one, sockets: timeWait })),
    };
  }

  /** What each port is, as a port map has it. */
  ports(): Uint8Array {
    const map = this.#kind.slice();
    let orphans = this.load.stuck?.FIN_WAIT2 ?? 0;
    for (let port = LOW; port <= HIGH; port += 1) {
      if (map[port] === PortKind.timeWait) {
        const left = Math.max(0, Math.min(63, Math.floor((this.#until[port] as number) - this.#second)));
        map[port] = PortKind.timeWaitLeft + left;
      } else if (orphans > 0 && map[port] === PortKind.live && this.#until[port] === Number.POSITIVE_INFINITY) {
        map[port] = PortKind.finWait2;
        orphans -= 1;
      }
    }
    return map;
  }

  #take(until: number): boolean {
    for (const pass of [0, 1] as const) {
      for (let tried = 0; tried < SIMULATED_PORTS.size / 2; tried += 1) {
        const port = this.#next[pass];
        // Each next one, as table_perturb has it: at random, a little further.
        this.#next[pass] = port + 2 > HIGH ? LOW + pass : port + 2;
        if (this.#kind[port] !== PortKind.free && !(this.load.reuse && this.#kind[port] === PortKind.timeWait))
          continue;
        this.#kind[port] = PortKind.live;
        this.#until[port] = until;
        return true;
      }
    }
    return false;
  }

  #close(port: number): void {
    if (this.load.closesFirst) {
      this.#kind[port] = PortKind.timeWait;
      this.#until[port] = this.#second + TIME_WAIT_SECONDS;
    } else this.#release(port);
  }

  #release(port: number): void {
    this.#kind[port] = PortKind.free;
    this.#closes += 1;
  }

  /** What holds the ports, and when TIME_WAIT gives them back. */
  #look(): { live: number; timeWait: number; releases: number[] } {
    const releases = new Array<number>(TIME_WAIT_SECONDS + 1).fill(0);
    let [live, timeWait] = [0, 0];
    for (let port = LOW; port <= HIGH; port += 1) {
      const kind = this.#kind[port];
      if (kind === PortKind.live) live += 1;
      if (kind !== PortKind.timeWait) continue;
      timeWait += 1;
      const second = Math.max(0, Math.min(TIME_WAIT_SECONDS, Math.floor((this.#until[port] as number) - this.#second)));
      releases[second] = (releases[second] as number) + 1;
    }
    return { live, timeWait, releases };
  }
}
