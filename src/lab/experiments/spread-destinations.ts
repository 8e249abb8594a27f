import { spreadDestinations } from '../../remedies/spread-destinations.ts';
import type { Experiment } from '../experiment.ts';
import { BACKEND_PORTS } from '../proxy/site.ts';
import { openSpreadTrial } from '../spread/spread-experiment.ts';

/** A proxy that knows one port of one address of its backend, and whose connections go to two ports of two addresses. */
export const spreadDestinationsExperiment: Experiment = {
  name: 'spread-destinations',
  question: 'What does it give HAProxy to spread its connections over destinations that it does not know of?',
  remedies: [spreadDestinations.id],
  programs: ['haproxy', 'ss'],
  needsRoot: true,
  seconds: 5,
  pace: 'waiting',
  open: async (stage) =>
    openSpreadTrial(stage, {
      remedy: spreadDestinations,
      choices: 'destinations',
      spreadOver: ({ backends: [backend] }, _, count) => {
        const addresses = backend?.addresses ?? [];
        const over = addresses.flatMap((address) => BACKEND_PORTS.map((port) => ({ address, port }))).slice(0, count);
        return { kind: 'destinations', from: over[0] as (typeof over)[number], over };
      },
    }),
};
