import { erlangsFor } from '../tcp/erlang.ts';
import { type LaneModel, modelMeanUsed } from '../tcp/lane-model.ts';
import { limitedSearchLoss } from '../tcp/limited-search.ts';
import { type Peaks, peakedLoss, peakednessOf } from '../tcp/peaked-loss.ts';
import { highestRate, type LoadedTier, type Overflow, overflowOf, requestsOpening } from './kept-connections.ts';
import { dispersionOf, evennessOf, laneDispersion } from './peakedness.ts';
import { type Pool, roomOf } from './pools.ts';
import { type Loss, retriedLoss } from './retried-loss.ts';

/** What share of the connections of a tier one of its pools refuses. */
export class Refusals {
  readonly #tier: LoadedTier;
  readonly #pool: Pool;
  readonly #room: LaneModel;
  /** Where how unevenly connections come depends on how many there are; else the loss of a lane. */
  readonly #loss: Loss | null;

  constructor(tier: LoadedTier, pool: Pool) {
    this.#tier = tier;
    this.#pool = pool;
    this.#room = roomOf(pool);
    const { keptPerLane, holdSeconds } = tier.traffic;
    this.#loss = keptPerLane > 0 && holdSeconds > 0 ? null : this.#lossWith(overflowOf(tier, 1));
  }

  /** @param requestsPerSecond of the whole tier */
  share(requestsPerSecond: number): number {
    const overflow = overflowOf(this.#tier, requestsPerSecond);
    const used = modelMeanUsed(this.#room, overflow.opensPerSecond);
    return (this.#loss ?? this.#lossWith(overflow))(used / this.#room.lanes);
  }

  /** @param opensPerSecond of the whole tier */
  shareAtOpens(opensPerSecond: number): number {
    const { lanes } = this.#room;
    if (this.#loss !== null) return this.#loss(modelMeanUsed(this.#room, opensPerSecond) / lanes);
    return this.share(requestsOpening(this.#tier, opensPerSecond));
  }

  /** The opens per second of the whole tier at which this share is refused. @param probability above 0 and below 1 */
  safeOpensPerSecond(probability: number): number {
    const slots = Math.floor(this.#room.slotsPerLane);
    const heldSeconds = modelMeanUsed(this.#room, 1);
    if (this.#loss !== null || slots === 0 || heldSeconds === 0) {
      const safeErlangs = this.#room.lanes * erlangsFor(slots, probability, this.#loss ?? undefined);
      return safeErlangs / heldSeconds;
    }
    const requests = highestRate((rate) => this.share(rate) <= probability);
    return overflowOf(this.#tier, requests).opensPerSecond;
  }

  #lossWith(overflow: Overflow): Loss {
    const { traffic } = this.#tier;
    const { tries, model } = this.#pool;
    const { lanes } = model;
    const slots = Math.floor(this.#room.slotsPerLane);
    const evenness = evennessOf(traffic, model.afterCloseSeconds + 2 * traffic.roundTripSeconds);
    const all = dispersionOf(traffic.pattern);
    const peaksOf = (dispersion: number): Peaks => ({ dispersion: openDispersion(overflow, dispersion), evenness });
    const pooled = peaksOf(all);
    const pooledLoss: Loss = (erlangs) => peakedLoss(lanes * slots, lanes * erlangs, pooled);
    if (traffic.laneChoice.kind === 'least-used' && tries === null) return pooledLoss;
    const loss = laneLoss(slots, tries, peaksOf(laneDispersion(all, traffic.laneChoice, lanes)));
    return retriedLoss({ slots, loss, pooledLoss, lanes, laneChoice: traffic.laneChoice, retries: traffic.retries });
  }
}

/** Of requests so many open a connection, and come as unevenly as chance makes it; those that overflow come in clusters. */
function openDispersion({ perRequest, dispersion }: Overflow, ofRequests: number): number {
  return dispersion === null ? ofRequests : Math.max(dispersion, 1 + (ofRequests - 1) * perRequest);
}

/** One that does not try all slots refuses before it is full, however evenly connections come: that is taken as at random. */
function laneLoss(slots: number, tries: number | null, peaks: Peaks): Loss {
  if (tries === null) return (erlangs) => peakedLoss(slots, erlangs, peaks);
  const counted = Math.ceil(slots / Math.max(1, peakednessOf(peaks)));
  const loss = limitedSearchLoss(counted, tries);
  return (erlangs) => loss((erlangs * counted) / Math.max(1, slots));
}
