import { FourtupleError } from '../tcp/error.ts';
import type { Experiment } from './experiment.ts';
import { findIsolation } from './isolation.ts';
import { missingHere } from './missing-here.ts';

/** What a lab could show here: `lab --json`. Field names are a promise; times are in seconds. */
export interface LabList {
  readonly schema: 1;
  /** `root`, or `user`: inside a user namespace of its own; null where it cannot run here at all. */
  readonly runsAs: 'root' | 'user' | null;
  /** Why it cannot run here at all; null where it can. */
  readonly reason: string | null;
  /** How long all that can run here take together, roughly. */
  readonly seconds: number;
  /** In the order of the catalog. */
  readonly experiments: readonly ListedExperiment[];
}

export interface ListedExperiment {
  readonly name: string;
  readonly question: string;
  /** Ids of the remedies whose predictions it puts to the test. */
  readonly remedies: readonly string[];
  readonly seconds: number;
  /** Why this one cannot run here; null where it can. */
  readonly reason: string | null;
}

/** What there is, and what of it can run here. Nothing is run, but for what finds that out. */
export function listLab(experiments: readonly Experiment[]): LabList {
  const isolation = tryIsolation();
  const listed = experiments.map((experiment) => {
    const { name, question, remedies, seconds } = experiment;
    const missing = missingHere(experiment, isolation.runsAs);
    return { name, question, remedies, seconds, reason: missing.length === 0 ? null : missing.join(', ') };
  });
  const able = experiments.filter((_, index) => listed[index]?.reason === null);
  return { schema: 1, ...isolation, seconds: secondsOf(able), experiments: listed };
}

function tryIsolation(): Pick<LabList, 'runsAs' | 'reason'> {
  try {
    return { runsAs: findIsolation().runsAs, reason: null };
  } catch (error) {
    if (!(error instanceof FourtupleError)) throw error;
    return { runsAs: null, reason: [error.message, error.hint].join('. ') };
  }
}

/** Those that wait do it side by side, while the busy ones run one by one. */
function secondsOf(experiments: readonly Experiment[]): number {
  const at = (wanted: Experiment['pace']): number[] =>
    experiments.filter(({ pace }) => pace === wanted).map(({ seconds }) => seconds);
  return Math.max(
    0,
    ...at('waiting'),
    at('busy').reduce((sum, seconds) => sum + seconds, 0),
  );
}
