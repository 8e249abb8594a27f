import { splitMix32 } from './random.ts';
import { simulate } from './simulate.ts';
import type { SimulatedTier, SimulationOptions, SimulationRun } from './simulated-tier.ts';

export interface RunsOptions extends SimulationOptions {
  /** A whole number, 1 or more. */
  readonly runs: number;
}

/** The same traffic with other random numbers, several times. */
export interface SimulatedRuns {
  /** The first one is that of the given seed. */
  readonly runs: readonly SimulationRun[];
  readonly refusalProbability: Spread;
  /** Of the runs in which one was refused; null where that is none of them. */
  readonly firstRefusalSeconds: Spread | null;
  readonly meanUsed: Spread;
  readonly pastCliffShare: Spread;
  /** Ports that one connect() looks at, of the runs in which there was one before the cliff; null where that is none of them. */
  readonly lookedAtBeforeCliff: Spread | null;
  /** The same of those past the cliff. */
  readonly lookedAtPastCliff: Spread | null;
}

/** How far runs differ. */
export interface Spread {
  /** How many values it is made of. */
  readonly count: number;
  readonly mean: number;
  /** Of the mean: the standard deviation of the values / √count; null for a single value. */
  readonly standardError: number | null;
  readonly least: number;
  readonly most: number;
}

/** Simulates a tier several times: each run has a seed of its own, which the given one decides. */
export function simulateRuns(tier: SimulatedTier, options: RunsOptions): SimulatedRuns {
  const { runs: count, onProgress, ...common } = options;
  const runs = Array.from({ length: count }, (_, index) =>
    simulate(tier, {
      ...common,
      seed: index === 0 ? options.seed : splitMix32(options.seed, index),
      onProgress: (share) => onProgress?.((index + share) / count),
    }),
  );
  return {
    runs,
    refusalProbability: spreadOf(runs.map(({ refusalProbability }) => refusalProbability)),
    firstRefusalSeconds: spreadOfKnown(runs.map(({ firstRefusalSeconds }) => firstRefusalSeconds)),
    meanUsed: spreadOf(runs.map(({ meanUsed }) => meanUsed)),
    pastCliffShare: spreadOf(runs.map(({ pastCliffShare }) => pastCliffShare)),
    lookedAtBeforeCliff: spreadOfKnown(runs.map(({ portsLookedAt }) => portsLookedAt?.meanBeforeCliff ?? null)),
    lookedAtPastCliff: spreadOfKnown(runs.map(({ portsLookedAt }) => portsLookedAt?.meanPastCliff ?? null)),
  };
}

/** Of those that are not null; null where all are. */
function spreadOfKnown(values: readonly (number | null)[]): Spread | null {
  const known = values.flatMap((value) => value ?? []);
  return known.length === 0 ? null : spreadOf(known);
}

function spreadOf(values: readonly number[]): Spread {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    count,
    mean,
    standardError: count === 1 ? null : Math.sqrt(squares / (count - 1) / count),
    least: Math.min(...values),
    most: Math.max(...values),
  };
}
