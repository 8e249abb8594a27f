import type { LaneChoice, TrafficPattern } from '../plan/topology.ts';
import type { PortRange } from '../tcp/port-range.ts';
import type { PortSet } from '../tcp/port-set.ts';

/** What decides which topology is planned, where no file says it. */
export interface TopologyFlags {
  readonly clients?: number;
  readonly proxies?: number;
  readonly backends?: number;
  readonly sources?: number;
  readonly destinations?: number;
  /** Of each destination. */
  readonly ports?: number;
  /** Requests per second. */
  readonly rate?: number;
  /** Seconds. */
  readonly hold?: number;
  readonly requestsPerConnection?: number;
  readonly closes?: 'from' | 'to';
  readonly pattern?: TrafficPattern;
  /** Seconds. */
  readonly roundTrip?: number;
  /** Connections that each host keeps open to each destination. */
  readonly keep?: number;
  readonly lanes?: LaneChoice;
  readonly retries?: number;
  readonly range?: PortRange;
  readonly reserved?: PortSet;
  /** Seconds. */
  readonly timeWait?: number;
  /** Seconds. */
  readonly reuse?: number;
  readonly boundBeforeConnect?: boolean;
  /** A gateway's id. */
  readonly via?: string;
  readonly viaAddresses?: number;
}

/** What a plan starts from, where that is no topology that flags describe. */
export interface OriginFlags {
  /** A report of `status --json`; `-` for standard input. */
  readonly fromStatus?: string;
  /** How many times the rates of a file or a report. */
  readonly grow?: number;
}

/** What `plan` is asked for. */
export interface PlanFlags extends TopologyFlags, OriginFlags {
  /** The share of connections that may be refused. */
  readonly refusal: number;
  /** Opens per second. */
  readonly targetRate?: number;
  /** Seconds that are simulated. */
  readonly simulate?: number;
  /** Of the simulation. */
  readonly runs?: number;
  readonly seed?: number;
  /** The page's file; `-` for standard output. */
  readonly html?: string;
  readonly json?: boolean;
}
