import { FourtupleError } from '../tcp/error.ts';
import { nearNames } from '../tcp/near-names.ts';
import type { Experiment } from './experiment.ts';
import { capacity } from './experiments/capacity.ts';
import { rate } from './experiments/rate.ts';
import { timeWait } from './experiments/time-wait.ts';
import { twoDestinationPorts } from './experiments/two-destination-ports.ts';
import { twoDestinations } from './experiments/two-destinations.ts';
import { twoSources } from './experiments/two-sources.ts';
import { widerRange } from './experiments/wider-range.ts';

/** Every experiment there is, in the order in which they are told. */
export const EXPERIMENTS: readonly Experiment[] = [
  capacity,
  timeWait,
  rate,
  twoDestinations,
  twoDestinationPorts,
  twoSources,
  widerRange,
];

/** @throws FourtupleError FT_ARGUMENT where there is no such experiment, with the nearest name */
export function findExperiment(name: string): Experiment {
  const found = EXPERIMENTS.find((experiment) => experiment.name === name);
  if (found !== undefined) return found;
  const [nearest] = nearNames(
    name,
    EXPERIMENTS.map((experiment) => experiment.name),
    1,
  );
  throw new FourtupleError('FT_ARGUMENT', `there is no experiment '${name}'`, {
    hint: `Is ${nearest} meant? \`fourtuple lab\` lists them all.`,
  });
}
