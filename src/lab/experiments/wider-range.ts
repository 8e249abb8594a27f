import { widerRangeTo } from '../../remedies/wider-range.ts';
import { MAX_PORT, type PortRange, rangeSize } from '../../tcp/port-range.ts';
import type { Experiment } from '../experiment.ts';
import { openBeforeAndAfter } from './before-and-after.ts';
import { HERE, PORT } from './places.ts';

/** Ports beside those of now: one lane, with as many more slots. */
export const widerRange: Experiment = {
  name: 'wider-range',
  question: 'What does a wider range give?',
  remedies: ['wider-range'],
  programs: [],
  seconds: 67,
  pace: 'waiting',
  open: async (stage) =>
    openBeforeAndAfter(stage, {
      remedy: widerRangeTo(twiceAsWide(stage.range)),
      names: ['one lane', 'one lane of a wider range'],
      sources: [HERE],
      destinations: [{ address: HERE, port: PORT }],
    }),
};

/** null for the widest that there can be, where that is no more. */
function twiceAsWide(range: PortRange): PortRange | null {
  const high = range.low + 2 * rangeSize(range) - 1;
  return high <= MAX_PORT ? { low: range.low, high } : null;
}
