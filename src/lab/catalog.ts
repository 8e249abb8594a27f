import { FourtupleError } from '../tcp/error.ts';
import { nearNames } from '../tcp/near-names.ts';
import type { Experiment } from './experiment.ts';
import { bindAddressNoPortExperiment } from './experiments/bind-address-no-port.ts';
import { capacity } from './experiments/capacity.ts';
import { cliff } from './experiments/cliff.ts';
import { closeWhatLeaksExperiment } from './experiments/close-what-leaks.ts';
import { connectTimeoutExperiment } from './experiments/connect-timeout.ts';
import { keptConnections } from './experiments/kept-connections.ts';
import { lowerFinTimeoutExperiment } from './experiments/lower-fin-timeout.ts';
import { otherEndCloses } from './experiments/other-end-closes.ts';
import { rate } from './experiments/rate.ts';
import { reserveListenersExperiment } from './experiments/reserve-listeners.ts';
import { timeWait } from './experiments/time-wait.ts';
import { twoDestinationPorts } from './experiments/two-destination-ports.ts';
import { twoDestinations } from './experiments/two-destinations.ts';
import { twoSources } from './experiments/two-sources.ts';
import { widerRange } from './experiments/wider-range.ts';

/** Every experiment there is, in the order in which they are told. */
export const EXPERIMENTS: readonly Experiment[] = [
  capacity,
  cliff,
  timeWait,
  rate,
  twoDestinations,
  twoDestinationPorts,
  twoSources,
  widerRange,
  bindAddressNoPortExperiment,
  reserveListenersExperiment,
  keptConnections,
  otherEndCloses,
  connectTimeoutExperiment,
  lowerFinTimeoutExperiment,
  closeWhatLeaksExperiment,
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
