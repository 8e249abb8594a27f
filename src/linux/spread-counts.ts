import type { Endpoint } from '../tcp/endpoint.ts';

/** What has become of the connections that were meant. */
export interface SpreadCounts {
  readonly spread: number;
  /** Of sockets that the program had bound before: left alone. */
  readonly boundBefore: number;
  /** The kernel did not take the source address: it is not local any more. */
  readonly bindFailed: number;
  /** To more destinations than there is room for: spread at random. */
  readonly uncounted: number;
}

/** A lane as the kernel has counted it. */
export interface CountedLane {
  /** The group's place, which is that of its destination, and the choice's. */
  readonly index: number;
  /** null for a choice at random. */
  readonly source: string | null;
  readonly destination: Endpoint;
  readonly attempts: number;
  readonly refusals: number;
}
