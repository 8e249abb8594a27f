import type { Experiment } from '../../lab/experiment.ts';
import type { Screen } from './screen.ts';

/** Every experiment, and what it asks. */
export function renderExperiments(experiments: readonly Experiment[], _screen: Screen): string {
  return experiments.map(({ name, question }) => `${name} ${question}\n`).join('');
}
