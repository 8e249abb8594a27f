import { moreSourceAddresses } from '../../remedies/more-source-addresses.ts';
import type { Experiment } from '../experiment.ts';
import { openBeforeAndAfter } from './before-and-after.ts';
import { ELSEWHERE, HERE, PORT } from './places.ts';

/** A second address of the client: two lanes, each with all ports. */
export const twoSources: Experiment = {
  name: 'two-sources',
  question: 'What does a second source address give?',
  remedies: [moreSourceAddresses.id],
  programs: [],
  seconds: 67,
  pace: 'waiting',
  open: async (stage) =>
    openBeforeAndAfter(stage, {
      remedy: moreSourceAddresses,
      names: ['one lane', 'two lanes'],
      sources: [HERE, ELSEWHERE],
      destinations: [{ address: HERE, port: PORT }],
    }),
};
