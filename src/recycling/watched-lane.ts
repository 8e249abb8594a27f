import { type Address, formatScopedAddress, isLinkLocal, staysOnMachine } from '../tcp/address.ts';
import { modelSustainableOpensPerSecond } from '../tcp/lane-model.ts';
import type { NetworkQuality, Segments } from '../tcp/network-quality.ts';
import { LINUX_TIME_WAIT_MS } from '../tcp/time-wait.ts';
import { opensPerSecond, slotsToRelease } from './demand.ts';
import { LaneSafety } from './lane-safety.ts';
import type { RecycledLane } from './progress.ts';
import { type LaneRoom, type Threshold, thresholdSlots } from './threshold.ts';

/** How far back the first look sees opens: by the ages of TIME_WAIT sockets. */
export const FIRST_WINDOW_SECONDS = 1;

/** A lane that will be at its threshold so long after the next look is judged already: that takes a look of its own. */
const SOON_SECONDS = 1.5;

const NOTHING_TO_RELEASE = 'nothing is to be released';
const NOT_MEASURED = 'its network has not been measured yet';

/** What a lane is held to. */
export interface Hold {
  readonly threshold: Threshold;
  readonly force: boolean;
}

/** Between which looks a lane is planned for, in seconds. */
export interface Span {
  /** Since the look before; null at the first. */
  readonly since: number | null;
  /** Until the next; 0 where only what is above the threshold now is to be released. */
  readonly ahead: number;
}

/** A lane that matches: what a look counts of it, what is known of its network, and what comes of it. */
export class WatchedLane {
  /** Counted by a look: slots that are held; of these, in TIME_WAIT; of those, since the look before; and old enough. */
  counted = 0;
  timeWait = 0;
  closed = 0;
  old = 0;
  /** Counted by a look: not in TIME_WAIT, and on a port that connect() does not try first. */
  beside = 0;
  /** Counted by a look: the least that a TIME_WAIT socket of it has left. */
  leastLeftMs: number = LINUX_TIME_WAIT_MS;
  /** A TIME_WAIT socket that has no more than this left is old enough. */
  oldLeftMs = 0;
  slots: number;
  firstPassPorts: number | null;
  /** Whether a census has seen it. */
  isSurveyed = false;
  /** `performance.now()` when its network was measured last, whatever came of it; 0 for never. */
  measuredAt = 0;
  /** How many slots are still to be released until the next look, whether they may be or not. */
  demand = 0;
  /** Whether there is something to release, or soon will be. */
  isNear = false;
  released = 0;
  #releasedBefore = 0;
  readonly #source: Address;
  readonly #destination: Address;
  readonly #port: number;
  readonly #safety: LaneSafety;
  /** The interface of its link-local addresses. */
  #zone: string | null = null;
  #isForced = false;
  #threshold = 0;
  #usedBefore: number | null = null;
  #usedMost = 0;
  #used = 0;
  #liveBefore = 0;
  #opensPerSecond: number | null = null;
  #holdSeconds: number | null = null;

  constructor(source: Address, destination: Address, port: number, room: Omit<LaneRoom, 'beside'>) {
    this.#source = source;
    this.#destination = destination;
    this.#port = port;
    this.#safety = new LaneSafety(staysOnMachine(source, destination));
    this.slots = room.slots;
    this.firstPassPorts = room.firstPassPorts;
    this.#setAge();
  }

  /** Whether its addresses mean something only together with an interface. */
  get needsZone(): boolean {
    return isLinkLocal(this.#source) || isLinkLocal(this.#destination);
  }

  /** Whether as much is known of its network as is needed to judge it. */
  get isKnown(): boolean {
    return this.#safety.isKnown;
  }

  get mayBeReleased(): boolean {
    return this.#isForced || this.#safety.safety?.safe === true;
  }

  /** Left alone, though there is something to release. */
  get isRefused(): boolean {
    return this.demand > 0 && this.#safety.safety !== null && !this.mayBeReleased;
  }

  /** Of its slots, those held after the last look. */
  get fullness(): number {
    return this.#used / Math.max(1, this.slots);
  }

  survey(room: Omit<LaneRoom, 'beside'>, zone: string | null): void {
    this.slots = room.slots;
    this.firstPassPorts = room.firstPassPorts;
    this.#zone ??= zone;
    this.isSurveyed = true;
  }

  /** See {@link LaneSafety.judge}. */
  judge(network: NetworkQuality, nowMs: number, segments: Segments | null = null): void {
    this.measuredAt = nowMs;
    this.#safety.judge(network, nowMs, segments);
    this.#setAge();
  }

  /** Before a look. */
  clearCounts(): void {
    this.counted = 0;
    this.timeWait = 0;
    this.closed = 0;
    this.old = 0;
    this.beside = 0;
    this.leastLeftMs = LINUX_TIME_WAIT_MS;
  }

  /** After a look has counted. */
  plan({ threshold, force }: Hold, { since, ahead }: Span): void {
    // A dump may show a socket twice.
    this.#used = Math.min(this.counted, this.slots);
    this.#usedBefore ??= this.#used;
    this.#usedMost = Math.max(this.#usedMost, this.#used);
    const live = this.counted - this.timeWait;
    const liveBefore = since === null ? live : this.#liveBefore;
    const opens = opensPerSecond({ seconds: since ?? FIRST_WINDOW_SECONDS, liveBefore, live, closed: this.closed });
    this.#liveBefore = live;
    this.#opensPerSecond = since === null ? null : opens;
    this.#holdSeconds = live === 0 ? 0 : opens === 0 ? null : live / opens;
    this.#threshold = thresholdSlots(threshold, this);
    this.#isForced = force;
    this.#releasedBefore = this.released;
    this.demand = slotsToRelease(this.#used, this.#threshold, opens, ahead);
    this.isNear = slotsToRelease(this.#used, this.#threshold, opens, ahead === 0 ? 0 : ahead + SOON_SECONDS) > 0;
  }

  /** Takes what has been released since it was planned for out of its used slots. */
  settle(): void {
    this.#used -= Math.min(this.#used, this.released - this.#releasedBefore);
    this.#releasedBefore = this.released;
  }

  toRecycled(): RecycledLane {
    const safety = this.#safety.safety;
    return {
      source: this.#text(this.#source),
      destination: this.#text(this.#destination),
      port: this.#port,
      slots: this.slots,
      threshold: this.#threshold,
      ageSeconds: this.#safety.ageSeconds,
      safe: safety?.safe ?? null,
      reason: safety?.reason ?? (this.demand > 0 ? NOT_MEASURED : NOTHING_TO_RELEASE),
      refused: this.isRefused,
      usedBefore: this.#usedBefore ?? 0,
      usedMost: this.#usedMost,
      used: this.#used,
      old: this.old,
      oldestSeconds: this.timeWait === 0 ? null : (LINUX_TIME_WAIT_MS - this.leastLeftMs) / 1_000,
      released: this.released,
      opensPerSecond: this.#opensPerSecond,
      sustainableOpensPerSecond: this.#sustainable(),
    };
  }

  /** What the remedy predicts: a slot is held after the close until it is of age. */
  #sustainable(): number | null {
    if (this.#holdSeconds === null) return null;
    return modelSustainableOpensPerSecond({
      lanes: 1,
      slotsPerLane: this.slots,
      holdSeconds: this.#holdSeconds,
      afterCloseSeconds: this.#safety.ageSeconds,
    });
  }

  #setAge(): void {
    this.oldLeftMs = Math.floor(LINUX_TIME_WAIT_MS - 1_000 * this.#safety.ageSeconds);
  }

  #text(address: Address): string {
    return formatScopedAddress(address, isLinkLocal(address) ? this.#zone : null);
  }
}
