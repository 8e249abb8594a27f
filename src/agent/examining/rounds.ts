import type { Sample } from '../sample.ts';

/** At most this part of a core goes into examinations that nobody has asked for. */
const MOST_COST = 0.0015;
const SHORTEST_MS = 10_000;
const LONGEST_MS = 600_000;
/** Where a lane has come nearer to its end, sooner; but not sooner than this. */
const URGENT_MS = 2_000;
const URGENT_COST = 0.02;
/** A lane that will be exhausted in less time than this is near its end. */
const NEAR_SECONDS = 300;

/** How near the fullest lanes are to their end: what makes another examination worth its cost. */
type Stage = 'exhausted' | 'near' | 'past the cliff' | 'calm';
const STAGES: readonly Stage[] = ['exhausted', 'near', 'past the cliff', 'calm'];

/** Says when it is time to examine again. */
export class Rounds {
  #doneAt = Number.NEGATIVE_INFINITY;
  #costMs = 0;
  #stages = '';
  #doneStages = '';

  isDue(sample: Sample, now: number = performance.now()): boolean {
    this.#stages = stagesOf(sample);
    const age = now - this.#doneAt;
    if (this.#stages !== this.#doneStages) return age >= Math.max(URGENT_MS, this.#costMs / URGENT_COST);
    return age >= Math.min(LONGEST_MS, Math.max(SHORTEST_MS, this.#costMs / MOST_COST));
  }

  /** @param ms how long the examination took */
  done(ms: number, now: number = performance.now()): void {
    this.#doneAt = now;
    this.#costMs = ms;
    this.#doneStages = this.#stages;
  }
}

/** How many lanes there are at each stage. */
function stagesOf({ namespaces }: Sample): string {
  const counts = new Map<Stage, number>();
  for (const { lanes } of namespaces) {
    for (const { free, secondsToExhaustion, secondsToCliff } of lanes) {
      const stage: Stage =
        free === 0
          ? 'exhausted'
          : (secondsToExhaustion ?? Number.POSITIVE_INFINITY) <= NEAR_SECONDS
            ? 'near'
            : secondsToCliff === 0
              ? 'past the cliff'
              : 'calm';
      if (stage !== 'calm') counts.set(stage, (counts.get(stage) ?? 0) + 1);
    }
  }
  return STAGES.map((stage) => counts.get(stage) ?? 0).join();
}
