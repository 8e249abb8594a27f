import { rootOf } from '../tcp/root.ts';
import type { LaneChoice } from './topology.ts';

/** A share of connections that is refused, by the erlangs that each lane is offered. */
export type Loss = (erlangs: number) => number;

/** Connections that are tried again where a lane refuses them. */
export interface Retried {
  /** Of a lane. */
  readonly slots: number;
  /** Of one lane alone. */
  readonly loss: Loss;
  /** Of all lanes as if they were one. */
  readonly pooledLoss: Loss;
  readonly lanes: number;
  readonly laneChoice: LaneChoice;
  /** 0 or more. */
  readonly retries: number;
}

/**
 * The share that is refused at the last try too. Nothing is won on the same lane again, nor where the least used one is full.
 *
 * Tries on several lanes are taken as if these were full independently of each other: what is offered to a lane grows by the
 * tries, until the lanes carry what is not refused. But lanes are full together, too: where connections come in bursts or go
 * to the lanes in turn, and where all is nearly full. Then as much is refused as if they were one. Of the two shares, each
 * without what no lane could carry, the root of the sum of squares is taken: at losses of about a hundredth it differs from
 * what is simulated by less than half of that.
 */
export function retriedLoss({ slots, loss, pooledLoss, lanes, laneChoice: { kind }, retries }: Retried): Loss {
  if (retries === 0 || lanes === 1 || kind === 'hash' || kind === 'least-used') return loss;
  if (kind === 'round-robin' && retries >= lanes - 1) return pooledLoss;
  const shares = kind === 'round-robin' ? onlyOf(retries + 1) : distinctLanes(retries + 1, lanes);
  return (erlangs) => {
    if (erlangs === 0) return loss(0);
    const least = Math.max(0, 1 - slots / erlangs);
    const alone = refusedByAll(loss, shares, erlangs);
    return least + Math.hypot(alone - least, pooledLoss(erlangs) - least);
  };
}

function onlyOf(count: number): readonly number[] {
  return Array.from({ length: count + 1 }, (_, index) => (index === count ? 1 : 0));
}

/** How likely it is that so many tries at random are on 0, 1, 2 and so on different lanes. */
function distinctLanes(tries: number, lanes: number): readonly number[] {
  let shares = [1];
  for (let count = 0; count < tries; count += 1) {
    const next = new Array<number>(shares.length + 1).fill(0);
    for (const [different, share] of shares.entries()) {
      const again = Math.min(1, different / lanes);
      next[different] = (next[different] as number) + share * again;
      next[different + 1] = (next[different + 1] as number) + share * (1 - again);
    }
    shares = next;
  }
  return shares;
}

/** What is not refused is what lanes carry: x·(1 − loss(x)) = a·(1 − refused(loss(x))), of the load x that each is offered. */
function refusedByAll(loss: Loss, shares: readonly number[], erlangs: number): number {
  const excess = (offered: number): number => {
    const refused = loss(offered);
    return offered * (1 - refused) - erlangs * (1 - mean(shares, refused));
  };
  return mean(shares, loss(rootOf(excess, erlangs, erlangs * (shares.length - 1))));
}

/** The mean of the powers of a probability. */
function mean(shares: readonly number[], probability: number): number {
  return shares.reduceRight((sum, share) => sum * probability + share, 0);
}
