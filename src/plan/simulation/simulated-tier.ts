import type { HoldDistribution, LaneChoice, TrafficPattern } from '../topology.ts';

/** Traffic of one tier, connection by connection. */
export interface SimulatedTier {
  /** Lanes that connections are spread over, 1 or more. */
  readonly lanes: number;
  readonly slotsPerLane: number;
  /**
   * How many slots of a lane connect() tries before it looks at the others, 0 to slotsPerLane. There is no cliff where null
   * or left out: connect() gives none of the slots.
   */
  readonly firstPassPorts?: number | null;
  /** Of the whole tier, above 0; of a day's curve where its share is 1. Where connections are kept, requests per second. */
  readonly opensPerSecond: number;
  readonly pattern: TrafficPattern;
  /** Null or left out where none are. */
  readonly kept?: KeptPool | null;
  readonly holdSeconds: number;
  readonly hold: HoldDistribution;
  /** How long SYN_SENT lasts, and closing until TIME_WAIT; 0 where left out. */
  readonly roundTripSeconds?: number;
  /** How long a slot is held after its connection is closed: in TIME_WAIT or, with reuse, until connect() may take it over. */
  readonly afterCloseSeconds: number;
  readonly laneChoice: LaneChoice;
  /** How often a refused connection is tried again, on a lane chosen anew, at once; 0 or more. By hash it is the same lane. */
  readonly retries: number;
}

/** Connections that stay open for the next request, open from the start. */
export interface KeptPool {
  /** Of all lanes together, which have as many each or one more; as many as there are slots where these are fewer. */
  readonly connections: number;
  /** How many requests each carries until another is opened in its place: 1 or more, Infinity where none ever is. */
  readonly requestsPerConnection: number;
}

export interface SimulationOptions {
  /** How long traffic goes on, in simulated seconds, above 0. */
  readonly seconds: number;
  /** Not counted at the beginning, when all slots are free: at least until the first come back, and below seconds. */
  readonly warmUpSeconds: number;
  /** A whole number, 0 to 2^32 - 1. The same seed gives the same result, to the last digit. */
  readonly seed: number;
  /** Called now and then with the share that is done, 0 to 1. */
  onProgress?(share: number): void;
}

/** What came of it, after the warm-up. */
export interface SimulationRun {
  /** Requests where connections are kept; each opens a connection where none are. */
  readonly requests: number;
  /** Connections that were to be opened, each once, however often it was tried again. */
  readonly attempts: number;
  /** Those that found no free slot at the last try either. */
  readonly refusals: number;
  /** refusals / attempts; 0 where nothing was to be opened. */
  readonly refusalProbability: number;
  /** In seconds from the start, the warm-up included; null where none was refused. */
  readonly firstRefusalSeconds: number | null;
  /** Of all lanes together, over time. */
  readonly meanUsed: number;
  /** The same by what the connections were doing: these add up to meanUsed. */
  readonly meanUsedByState: UsedByState;
  readonly mostUsed: number;
  /** Of all lanes together, at the end of each of 100 equal parts of the time, the warm-up included. */
  readonly usedOverTime: readonly number[];
  /** Connections that were opened while their lane was past the cliff, of all that were opened; 0 where none was. */
  readonly pastCliffShare: number;
  /** What connect() costs; null where it gives none of the slots. */
  readonly portsLookedAt: PortsLookedAt | null;
}

/** Used slots by the state of their connections. */
export interface UsedByState {
  /** SYN_SENT: for a round trip. */
  readonly synSent: number;
  /** ESTABLISHED: for as long as connections live; kept ones too while they wait for a request. */
  readonly established: number;
  /** For a round trip: FIN_WAIT1 and FIN_WAIT2 where this end closes first, LAST_ACK where the other does. */
  readonly closing: number;
  /** TIME_WAIT, as long as it holds the slot: one that connect() may take over (tcp_tw_reuse) counts as free. */
  readonly timeWait: number;
}

/**
 * How many ports one connect() looks at: its cost. Each try is one; a refused one has looked at all. Means are null where
 * there was no such connect().
 */
export interface PortsLookedAt {
  readonly mean: number | null;
  /** Of those that found a port in the first pass. */
  readonly meanBeforeCliff: number | null;
  /** Of those that did not. */
  readonly meanPastCliff: number | null;
  /** Of the one that had most to look at; 0 where there was none. */
  readonly most: number;
}
