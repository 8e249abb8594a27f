import type { DestinationRule } from './destination-rule.ts';
import type { Endpoint } from './endpoint.ts';
import { isOneAddress, type SpreadSource } from './spread-source.ts';

/** Connections to some destinations leave from several addresses: each is one more lane. */
export interface SourceSpread {
  readonly kind: 'sources';
  readonly sources: readonly SpreadSource[];
  readonly to: readonly DestinationRule[];
}

/** Connections to one destination go to several equal ones: each is one more lane. */
export interface DestinationSpread {
  readonly kind: 'destinations';
  /** What the program asks for, and what getpeername() still answers. */
  readonly from: Endpoint;
  /** Where its connections go; `from` is among them only where it is to be used too. */
  readonly over: readonly Endpoint[];
}

/** What spreads the connections of a cgroup, where they are opened. */
export type Spread = SourceSpread | DestinationSpread;

/** How many addresses or endpoints connections choose from; null where a prefix makes them without end. */
export function choicesOf(spread: Spread): number | null {
  if (spread.kind === 'destinations') return spread.over.length;
  return spread.sources.every(isOneAddress) ? spread.sources.length : null;
}
