import { parseAddress } from '../tcp/address.ts';
import { blockContains } from '../tcp/address-block.ts';
import type { Endpoint } from '../tcp/endpoint.ts';
import { choicesOf, type Spread } from '../tcp/spread.ts';
import { blockOf, isOneAddress, type SpreadSource } from '../tcp/spread-source.ts';
import type { HeldLane } from './held-slots.ts';

/** What some lanes have in sum. */
export interface LanesInSum {
  /** null: without end. */
  readonly lanes: number | null;
  readonly slots: number | null;
  readonly used: number;
}

/** The lanes to a destination that programs ask for, before a spread and after. */
export interface SpreadDestination {
  readonly destination: string;
  readonly port: number;
  readonly before: LanesInSum;
  readonly after: LanesInSum;
}

/**
 * What a spread does to the lanes of each destination that it is for: those that are in use, and those that it names.
 *
 * @param held whose slots are held now
 * @param usable ports of the range
 */
export function destinationsOf(spread: Spread, held: readonly HeldLane[], usable: number): SpreadDestination[] {
  const asked =
    spread.kind === 'destinations'
      ? [spread.from]
      : [...namedBy(spread), ...held.map(({ destination }) => destination)];
  return [...new Map(asked.map((one) => [nameOf(one), one])).values()].map((destination) => {
    const before = held.filter((lane) => nameOf(lane.destination) === nameOf(destination));
    const after = spread.kind === 'sources' ? before.filter(isFrom(spread.sources)) : held.filter(isTo(spread.over));
    const choices = choicesOf(spread);
    return {
      destination: destination.address,
      port: destination.port,
      before: sum(Math.max(1, before.length), before, usable),
      after: sum(choices, after, usable),
    };
  });
}

function sum(lanes: number | null, held: readonly HeldLane[], usable: number): LanesInSum {
  const used = held.reduce((total, { live, timeWait }) => total + live + timeWait, 0);
  return { lanes, slots: lanes === null ? null : lanes * usable, used };
}

/** Destinations that rules name with address and port. */
export function namedBy(spread: Spread): Endpoint[] {
  if (spread.kind === 'destinations') return [];
  return spread.to.flatMap(({ address, prefixLength, port }) =>
    port !== null && isOneAddress({ address, prefixLength }) ? [{ address, port }] : [],
  );
}

function isFrom(sources: readonly SpreadSource[]): (lane: HeldLane) => boolean {
  const blocks = sources.map(blockOf);
  return ({ source }) => blocks.some((block) => blockContains(block, parseAddress(source)));
}

function isTo(over: readonly Endpoint[]): (lane: HeldLane) => boolean {
  const names = new Set(over.map(nameOf));
  return ({ destination }) => names.has(nameOf(destination));
}

/** Of a destination, as a key. */
export function nameOf({ address, port }: Endpoint): string {
  return `${address} ${port}`;
}
