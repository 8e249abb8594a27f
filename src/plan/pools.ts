import { type PortPool, usablePorts } from '../tcp/capacity.ts';
import { type LaneModel, modelSlots, modelSustainableOpensPerSecond } from '../tcp/lane-model.ts';
import { PortSet } from '../tcp/port-set.ts';
import type { Gateway } from './gateway.ts';
import type { HostSettings, Tier } from './topology.ts';

/** Slots that a connection of a tier must get one of. One that passes a gateway takes one of the host's and one of the gateway's. */
export interface Pool {
  /**
   * Who gives them out. `lane`: connect(), to each lane its own. `source`: bind(), to all lanes of a source address the
   * same ones. `gateway`: one that translates addresses.
   */
  readonly of: 'lane' | 'source' | 'gateway';
  /** Its lanes are the parts with slots of their own: lanes, source addresses, or the gateway's lanes. */
  readonly model: LaneModel;
  /** Connections that are kept, of all its lanes together: so many slots are never free. */
  readonly kept: number;
  /** See {@link Gateway}. */
  readonly tries: number | null;
}

/**
 * All pools of a tier: the gateway's, that of bind(), the lanes. Where no traffic is given no connection ends. A slot is held
 * while its connection is opened and closed, too: for a round trip each.
 *
 * A gateway holds a slot after the close whichever end closes first, and takes none over. bind() takes over no TIME_WAIT slot
 * either: tcp_tw_reuse is of connect() only (`tcp_twsk_unique()`).
 */
export function tierPools({ from, to, via, settings, traffic }: Tier): readonly Pool[] {
  const sources = from.hosts * from.addresses;
  const destinations = to.hosts * to.addresses * to.ports;
  const holdSeconds = traffic === null ? Number.POSITIVE_INFINITY : traffic.holdSeconds + 2 * traffic.roundTripSeconds;
  const kept = (traffic?.keptPerLane ?? 0) * sources * destinations;
  const slotsPerLane = usablePorts(hostPorts(settings));
  const timeWaitSeconds = traffic?.closes === 'to' ? 0 : settings.timeWaitSeconds;
  const reusedSeconds = Math.min(timeWaitSeconds, settings.reuseDelaySeconds ?? timeWaitSeconds);
  const hostPool = (of: Pool['of'], lanes: number, afterCloseSeconds: number): Pool => ({
    of,
    model: { lanes, slotsPerLane, holdSeconds, afterCloseSeconds },
    kept,
    tries: null,
  });
  return [
    ...(via === null ? [] : [{ ...gatewayPool(via, destinations, holdSeconds), kept }]),
    ...(settings.boundBeforeConnect ? [hostPool('source', sources, timeWaitSeconds)] : []),
    hostPool('lane', sources * destinations, reusedSeconds),
  ];
}

function gatewayPool(gateway: Gateway, destinations: number, holdSeconds: number): Omit<Pool, 'kept'> {
  const { addresses, slotsPerLane, timeWaitSeconds, tries } = gateway;
  const model = { lanes: addresses * destinations, slotsPerLane, holdSeconds, afterCloseSeconds: timeWaitSeconds };
  return { of: 'gateway', model, tries };
}

/** The ports that a host chooses from: one of a tier, or one at hand. */
export function hostPorts({
  range,
  reserved,
  listening,
}: Pick<HostSettings, 'range' | 'reserved' | 'listening'>): PortPool {
  return { range, reserved, blocked: PortSet.of(listening.filter((port) => !reserved.has(port))) };
}

/** What kept connections leave of a pool: lanes that are narrower by those of each. */
export function roomOf({ model, kept }: Pool): LaneModel {
  return kept === 0 ? model : { ...model, slotsPerLane: Math.max(0, model.slotsPerLane - kept / model.lanes) };
}

/**
 * The pool that is exhausted first: that sustains the fewest opens per second or, where they sustain the same, has the
 * fewest slots; the first of such.
 *
 * @param pools one at least
 */
export function narrowestPool(pools: readonly Pool[]): Pool {
  return pools.reduce((narrowest, pool) => (isNarrower(roomOf(pool), roomOf(narrowest)) ? pool : narrowest));
}

function isNarrower(model: LaneModel, other: LaneModel): boolean {
  const [sustained, others] = [modelSustainableOpensPerSecond(model), modelSustainableOpensPerSecond(other)];
  return sustained === others ? modelSlots(model) < modelSlots(other) : sustained < others;
}

/**
 * How many connections each host can keep open to each destination so that a slot is left: fewer than that.
 *
 * @returns may be no whole number
 */
export function mostKept(tier: Tier): number {
  const { from, to } = tier;
  const pairs = from.hosts * to.hosts * to.addresses * to.ports;
  return Math.min(...tierPools(tier).map(({ model }) => modelSlots(model) / pairs));
}
