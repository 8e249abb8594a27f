import type { PortRange } from '../tcp/port-range.ts';
import type { PortSet } from '../tcp/port-set.ts';
import type { Gateway } from './gateway.ts';

/** Tiers of hosts, and the traffic between them: what a plan is made for. */
export interface Topology {
  /** In the order in which traffic passes them. */
  readonly tiers: readonly Tier[];
}

/** Hosts that open connections, and what they open them to. */
export interface Tier {
  /** `proxy → backend`; no two of a topology have the same. */
  readonly name: string;
  readonly from: Sources;
  readonly to: Destinations;
  /** A gateway between that translates addresses: its ports run out, not the hosts'; null where there is none. */
  readonly via: Gateway | null;
  readonly settings: HostSettings;
  /** null where only slots are asked for. */
  readonly traffic: Traffic | null;
}

/** Those that open connections. Counts are whole numbers, 1 or more. */
export interface Sources {
  readonly name: string;
  readonly hosts: number;
  /** Source addresses that each host spreads its connections over. */
  readonly addresses: number;
}

/** What connections are opened to. Counts are whole numbers, 1 or more. */
export interface Destinations {
  readonly name: string;
  readonly hosts: number;
  /** Addresses of each host. */
  readonly addresses: number;
  /** Ports of each address. */
  readonly ports: number;
}

/** What decides about source ports on the hosts that open connections. */
export interface HostSettings {
  /** `ip_local_port_range`. */
  readonly range: PortRange;
  /** `ip_local_reserved_ports`. */
  readonly reserved: PortSet;
  /** Ports that programs listen on, ascending. */
  readonly listening: readonly number[];
  /** Sockets are bound to their source address before they connect, without IP_BIND_ADDRESS_NO_PORT. */
  readonly boundBeforeConnect: boolean;
  /** How long a slot is held in TIME_WAIT. */
  readonly timeWaitSeconds: number;
  /** How old a TIME_WAIT slot must be for connect() to take it over (tcp_tw_reuse); null where it does not. */
  readonly reuseDelaySeconds: number | null;
}

/** What is asked of a tier. */
export interface Traffic {
  /** Of the whole tier, 0 or more; of a day's curve where its share is 1. */
  readonly requestsPerSecond: number;
  readonly pattern: TrafficPattern;
  /** How many requests a connection carries before it is closed, one that is kept if any are: 1 or more, may be Infinity. */
  readonly requestsPerConnection: number;
  /** How long a connection lives on average or, where connections are kept, a request takes: 0 or more. */
  readonly holdSeconds: number;
  readonly hold: HoldDistribution;
  /** Which end closes first, and has the TIME_WAIT. */
  readonly closes: 'from' | 'to';
  /** How long a segment and its answer take, 0 or more: SYN_SENT lasts so long, and so does closing until TIME_WAIT. */
  readonly roundTripSeconds: number;
  /** Connections of each lane that stay open for the next request, 0 or more: one that finds none idle opens its own. */
  readonly keptPerLane: number;
  readonly laneChoice: LaneChoice;
  /** How often a refused connection is tried again, on a lane chosen anew, at once: a whole number, 0 to {@link MOST_RETRIES}. */
  readonly retries: number;
}

/** More is no retry, but a loop. */
export const MOST_RETRIES = 100;

/** More keys than that are as good as a lane at random. */
export const MOST_KEYS: number = 2 ** 32;

/** Where nothing is said of traffic but its rate: files and flags agree. */
export const DEFAULT_TRAFFIC: Omit<Traffic, 'requestsPerSecond'> = {
  pattern: { kind: 'poisson' },
  requestsPerConnection: 1,
  holdSeconds: 0,
  hold: { kind: 'exponential' },
  closes: 'from',
  roundTripSeconds: 0,
  keptPerLane: 0,
  laneChoice: { kind: 'random' },
  retries: 0,
};

/**
 * How many requests a connection carries where that is not said: one or, where connections are kept, any number.
 *
 * @param kept connections that are kept, 0 or more
 */
export function requestsUnsaid(kept: number): number {
  return kept === 0 ? DEFAULT_TRAFFIC.requestsPerConnection : Number.POSITIVE_INFINITY;
}

/** When requests come. */
export type TrafficPattern =
  /** One each 1/rate seconds. */
  | { readonly kind: 'constant' }
  /** At random, each on its own. */
  | { readonly kind: 'poisson' }
  /** @param size so many at once, at random: a whole number, 1 or more */
  | { readonly kind: 'bursts'; readonly size: number }
  /** At random, at a rate that follows the day. @param shares of the rate, 0 or more, at equal steps from midnight on, joined by lines */
  | { readonly kind: 'day'; readonly shares: readonly number[] };

/** Which lane a connection goes to. */
export type LaneChoice =
  | { readonly kind: 'round-robin' }
  | { readonly kind: 'random' }
  | { readonly kind: 'least-used' }
  /** The same one for the same key. @param keys how many there are, 1 to {@link MOST_KEYS}, all of them as frequent: users, or addresses */
  | { readonly kind: 'hash'; readonly keys: number };

/** How the time that connections live is distributed around its mean. */
export type HoldDistribution =
  | { readonly kind: 'constant' }
  | { readonly kind: 'exponential' }
  /** @param deviation standard deviation of the logarithm, above 0 */
  | { readonly kind: 'log-normal'; readonly deviation: number };
