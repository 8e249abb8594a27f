import { moreDestinationAddresses } from '../../remedies/more-destination-addresses.ts';
import type { Experiment } from '../experiment.ts';
import { openBeforeAndAfter } from './before-and-after.ts';
import { ELSEWHERE, HERE, PORT } from './places.ts';

/** A second address of the server: two lanes, and no more ports. */
export const twoDestinations: Experiment = {
  name: 'two-destinations',
  question: 'What does a second destination address give?',
  remedies: [moreDestinationAddresses.id],
  programs: [],
  seconds: 67,
  pace: 'waiting',
  open: async (stage) =>
    openBeforeAndAfter(stage, {
      remedy: moreDestinationAddresses,
      names: ['one lane', 'two lanes'],
      sources: [HERE],
      destinations: [
        { address: HERE, port: PORT },
        { address: ELSEWHERE, port: PORT },
      ],
    }),
};
