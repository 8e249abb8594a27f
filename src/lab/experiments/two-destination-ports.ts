import { moreDestinationPorts } from '../../remedies/more-destination-ports.ts';
import type { Experiment } from '../experiment.ts';
import { openBeforeAndAfter } from './before-and-after.ts';
import { HERE, PORT } from './places.ts';

/** A second port of the server: two lanes, and no more ports of the client. */
export const twoDestinationPorts: Experiment = {
  name: 'two-destination-ports',
  question: 'What does a second destination port give?',
  remedies: [moreDestinationPorts.id],
  programs: [],
  seconds: 67,
  pace: 'waiting',
  open: async (stage) =>
    openBeforeAndAfter(stage, {
      remedy: moreDestinationPorts,
      names: ['one lane', 'two lanes'],
      sources: [HERE],
      destinations: [
        { address: HERE, port: PORT },
        { address: HERE, port: PORT + 1 },
      ],
    }),
};
