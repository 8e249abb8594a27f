import { FourtupleError } from '../tcp/error.ts';
import { nearNames } from '../tcp/near-names.ts';
import type { Experiment } from './experiment.ts';
import { bindAddressNoPortExperiment } from './experiments/bind-address-no-port.ts';
import { capacity } from './experiments/capacity.ts';
import { cliff } from './experiments/cliff.ts';
import { closeWhatLeaksExperiment } from './experiments/close-what-leaks.ts';
import { connectTimeoutExperiment } from './experiments/connect-timeout.ts';
import { keptConnections } from './experiments/kept-connections.ts';
import { lossyNetwork } from './experiments/lossy-network.ts';
import { lowerFinTimeoutExperiment } from './experiments/lower-fin-timeout.ts';
import { otherEndCloses } from './experiments/other-end-closes.ts';
import { proxyHaproxy, proxyNginx, proxyRelay } from './experiments/proxy.ts';
import { rate } from './experiments/rate.ts';
import { recycleTimeWait } from './experiments/recycle-time-wait.ts';
import { reserveListenersExperiment } from './experiments/reserve-listeners.ts';
import { reuse } from './experiments/reuse.ts';
import { reuseRate } from './experiments/reuse-rate.ts';
import { shorterReuseDelay } from './experiments/shorter-reuse-delay.ts';
import { spreadDestinationsExperiment } from './experiments/spread-destinations.ts';
import { spreadSourcesExperiment } from './experiments/spread-sources.ts';
import { tcpTwRecycle } from './experiments/tcp-tw-recycle.ts';
import { timeWait } from './experiments/time-wait.ts';
import { twoDestinationPorts } from './experiments/two-destination-ports.ts';
import { twoDestinations } from './experiments/two-destinations.ts';
import { twoSources } from './experiments/two-sources.ts';
import { widerRange } from './experiments/wider-range.ts';
import { findProgram } from './needed-programs.ts';

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
  reuse,
  reuseRate,
  shorterReuseDelay,
  recycleTimeWait,
  lossyNetwork,
  tcpTwRecycle,
  bindAddressNoPortExperiment,
  reserveListenersExperiment,
  keptConnections,
  otherEndCloses,
  connectTimeoutExperiment,
  lowerFinTimeoutExperiment,
  closeWhatLeaksExperiment,
  proxyHaproxy,
  proxyNginx,
  proxyRelay,
  spreadSourcesExperiment,
  spreadDestinationsExperiment,
];

/** Those that run where none is named: without those that stand in for a program that is installed. */
export function defaultExperiments(): readonly Experiment[] {
  return EXPERIMENTS.filter(({ standsInFor = [] }) => standsInFor.every((name) => findProgram(name) === null));
}

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
