import { formatScopedAddress, isLinkLocal, isLoopback, sameAddress } from '../tcp/address.ts';
import { firstPassPorts, freeSlots, laneSlots, type PortPool, usablePorts, utilization } from '../tcp/capacity.ts';
import { type LanePattern, matchesLane } from '../tcp/lane-pattern.ts';
import { TCP_STATE_COUNT, TcpState, type TcpStateName, tcpStateName } from '../tcp/state.ts';
import { type ReuseSettings, reuseApplies } from '../tcp/time-wait.ts';
import { type BlockedPorts, findBlockedPorts } from './blocked-ports.ts';
import { type Cliff, findCliff } from './cliff.ts';
import { slotsTakenByTwins } from './device-slots.ts';
import { selectFullest } from './fullest.ts';
import { countLanes, type LaneColumns } from './lane-columns.ts';
import type { LaneUse } from './lane-use.ts';
import { type OpenRates, openRates, opensFromAges, type TimeWaitAges } from './opens-rate.ts';
import type { PortQuestion } from './pool-probe.ts';
import { poolSlots } from './pool-slots.ts';
import { dropRepeatedSockets } from './repeated-sockets.ts';
import type { SocketScanner } from './scan.ts';
import { Binding } from './shared-pool.ts';

/** The interface `lo` has this index in every namespace (LOOPBACK_IFINDEX). */
const LOOPBACK_INTERFACE = 1;
/** What a TIME_WAIT socket's age must reach where no delay is known; unknown reuse makes it irrelevant. */
const ASSUMED_REUSE_DELAY_SECONDS = 1;

/** What a census needs to know beside the sockets. */
export interface CensusContext {
  readonly settings: ReuseSettings;
  /** Whether the host at the lane's far end negotiates timestamps, null where no live connection shows it. */
  peerTimestamps(lane: number): boolean | null;
  /** Asks the kernel whether connect() skips a port for every lane; left out where there is no kernel to ask. */
  readonly isPortBlocked?: PortQuestion | undefined;
  /** The name of an interface, null where it has none. */
  interfaceName(index: number): string | null;
}

/** All lanes of one network namespace at one instant. */
export class Census {
  readonly scan: SocketScanner;
  readonly blocked: BlockedPorts;
  readonly pool: PortPool;
  readonly columns: LaneColumns;
  /** How old a TIME_WAIT socket must be for connect() to take it over, where reuse applies. */
  readonly reuseDelaySeconds: number;
  readonly #usable: number;
  readonly #context: CensusContext;
  readonly #poolSlots: Map<number, number>;
  readonly #takenByTwin: Map<number, number>;
  #firstPassPorts: number | undefined;

  constructor(scan: SocketScanner, context: CensusContext) {
    this.scan = scan;
    this.#context = context;
    this.blocked = findBlockedPorts(scan, context.isPortBlocked);
    this.pool = { range: scan.range, reserved: scan.reserved, blocked: this.blocked.ports };
    this.#usable = usablePorts(this.pool);
    this.reuseDelaySeconds = context.settings.tcpTwReuseDelaySeconds ?? ASSUMED_REUSE_DELAY_SECONDS;
    const delayMs = this.reuseDelaySeconds * 1_000;
    const columns = countLanes(scan, this.blocked, delayMs);
    const repeated = dropRepeatedSockets(scan, columns.used, (lane) =>
      laneSlots(this.#usable, columns.ownBlocked[lane] as number),
    );
    this.columns = repeated ? countLanes(scan, this.blocked, delayMs) : columns;
    this.#poolSlots = poolSlots(scan, this.blocked);
    this.#takenByTwin = slotsTakenByTwins(scan, this.blocked.ports);
  }

  get laneCount(): number {
    return this.scan.lanes.size;
  }

  /** Ports that connect() can choose from: range − reserved − blocked. */
  get usable(): number {
    return this.#usable;
  }

  /** Whether any lane's sockets were bound before they connected, as far as their ports tell. */
  get hasSharedPools(): boolean {
    return this.#poolSlots.size > 0;
  }

  /** Slots of a lane that are held, in any state. */
  used(lane: number): number {
    return this.columns.used[lane] as number;
  }

  /** Orders lanes by their addresses and ports. */
  compare(a: number, b: number): number {
    return this.scan.lanes.compare(a, b);
  }

  /** The slots of a lane. */
  slots(lane: number): number {
    const slots = this.#poolSlots.get(lane) ?? laneSlots(this.#usable, this.columns.ownBlocked[lane] as number);
    return slots - (this.#takenByTwin.get(lane) ?? 0);
  }

  /** TIME_WAIT slots of a lane that connect() may take over at once; null where that cannot be known. */
  reclaimable(lane: number): number | null {
    if (this.columns.inState(lane, TcpState.TIME_WAIT) === 0) return 0;
    const applies = this.reuse(lane);
    if (applies === false) return 0;
    return applies === null || this.columns.ageUnknown[lane] !== 0
      ? null
      : (this.columns.pastReuseDelay[lane] as number);
  }

  /** Whether tcp_tw_reuse applies to a lane; null where that cannot be known. */
  reuse(lane: number): boolean | null {
    // bind() takes over no TIME_WAIT slot, whatever tcp_tw_reuse says (`inet_csk_bind_conflict()`).
    if (this.blocked.bindings[lane] !== Binding.byConnect) return false;
    const { lanes } = this.scan;
    const [source, destination] = [lanes.source(lane), lanes.destination(lane)];
    const loopback = isLoopback(source) || isLoopback(destination) || lanes.interfaceIndex(lane) === LOOPBACK_INTERFACE;
    const { settings } = this.#context;
    const ownEnd = loopback || sameAddress(source, destination);
    const own = settings.tcpTimestamps === null ? null : settings.tcpTimestamps !== 0;
    return reuseApplies(settings, loopback, ownEnd ? own : this.#context.peerTimestamps(lane));
  }

  /** New connections per second of a lane, over three windows, as the ages of its TIME_WAIT sockets show them. */
  rates(lane: number): OpenRates {
    return openRates(this.#ages(lane), this.reuse(lane), this.reuseDelaySeconds * 1_000);
  }

  /** New connections per second of a lane, at present; null where no TIME_WAIT socket shows it. */
  opensPerSecond(lane: number): number | null {
    return opensFromAges(this.#ages(lane), this.reuse(lane), this.reuseDelaySeconds * 1_000);
  }

  /** How near a lane is to the cliff; null where it has none. */
  cliff(lane: number): Cliff | null {
    if (this.blocked.bindings[lane] !== Binding.byConnect) return null;
    this.#firstPassPorts ??= firstPassPorts(this.pool);
    const { columns } = this;
    return findCliff({
      firstPassPorts: this.#firstPassPorts,
      used: this.used(lane),
      ownBlocked: columns.ownBlocked[lane] as number,
      otherPass: columns.otherPass[lane] as number,
      firstPassPastDelay: (columns.pastReuseDelay[lane] as number) - (columns.pastDelayBeside[lane] as number),
      reuse: columns.inState(lane, TcpState.TIME_WAIT) === 0 ? false : this.reuse(lane),
    });
  }

  /** How full a lane is at most, 0 to 1: where the reclaimable part is not known, it counts as none. */
  fullness(lane: number): number {
    const slots = this.slots(lane);
    return utilization(slots, Math.max(0, slots - this.used(lane) + (this.reclaimable(lane) ?? 0)));
  }

  /** All that is known of a lane. */
  lane(index: number): LaneUse {
    const { columns } = this;
    const { lanes, laneCgroup } = this.scan;
    const interfaceIndex = lanes.interfaceIndex(index);
    const device = interfaceIndex === 0 ? null : (this.#context.interfaceName(interfaceIndex) ?? `${interfaceIndex}`);
    const [source, destination] = [lanes.source(index), lanes.destination(index)];
    const slots = this.slots(index);
    const used = this.used(index);
    const reclaimable = this.reclaimable(index);
    const free = freeSlots(slots, used, reclaimable);
    return {
      index,
      source: formatScopedAddress(source, isLinkLocal(source) ? device : null),
      destination: formatScopedAddress(destination, isLinkLocal(destination) ? device : null),
      port: lanes.port(index),
      device,
      slots,
      used,
      live: columns.live[index] as number,
      reclaimable,
      free,
      utilization: free === null ? null : utilization(slots, free),
      states: this.#states(index),
      pool: this.blocked.bindings[index] === Binding.byConnect ? 'lane' : 'source',
      opensPerSecond: this.opensPerSecond(index),
      cgroupId: laneCgroup[index] ?? 0,
    };
  }

  /**
   * The fullest lanes, fullest first.
   *
   * @param limit at most so many; Infinity for all
   */
  fullest(limit: number, pattern?: LanePattern): LaneUse[] {
    return selectFullest(this, limit, this.#matching(pattern)).map((lane) => this.lane(lane));
  }

  /** All lanes, fullest first. */
  lanes(): LaneUse[] {
    return this.fullest(Number.POSITIVE_INFINITY);
  }

  /** How many lanes match a pattern. */
  countMatching(pattern: LanePattern | undefined): number {
    const matches = this.#matching(pattern);
    if (matches === undefined) return this.laneCount;
    let count = 0;
    for (let lane = 0; lane < this.laneCount; lane += 1) if (matches(lane)) count += 1;
    return count;
  }

  #ages(lane: number): TimeWaitAges {
    const { columns } = this;
    const timeWait = columns.inState(lane, TcpState.TIME_WAIT);
    const ageUnknown = columns.ageUnknown[lane] as number;
    return {
      timeWait,
      ageUnknown,
      closedInLastSecond: columns.closedInLastSecond[lane] as number,
      closedInLastTen: columns.closedInLastTen[lane] as number,
      closedInLastMinute: columns.closedInLastMinute[lane] as number,
      youngerThanDelay: timeWait - ageUnknown - (columns.pastReuseDelay[lane] as number),
      oldestMs: columns.oldestTimeWaitMs[lane] as number,
    };
  }

  #matching(pattern: LanePattern | undefined): ((lane: number) => boolean) | undefined {
    if (pattern === undefined) return undefined;
    const { lanes } = this.scan;
    return (lane) => matchesLane(pattern, lanes.source(lane), lanes.destination(lane), lanes.port(lane));
  }

  #states(lane: number): Partial<Record<TcpStateName, number>> {
    const states: Partial<Record<TcpStateName, number>> = {};
    for (let state = 1; state < TCP_STATE_COUNT; state += 1) {
      const count = this.columns.inState(lane, state);
      const name = tcpStateName(state);
      if (count > 0 && name !== undefined) states[name] = count;
    }
    return states;
  }
}
