import { spreadSources } from '../../remedies/spread-sources.ts';
import type { Experiment } from '../experiment.ts';
import { BACKEND_PORTS } from '../proxy/site.ts';
import { openSpreadTrial } from '../spread/spread-experiment.ts';

const ONE = { prefixLength: 32 } as const;

/** A proxy that names no source address, and whose connections leave from four. */
export const spreadSourcesExperiment: Experiment = {
  name: 'spread-sources',
  question: 'What does it give HAProxy to spread its connections over source addresses that it does not know of?',
  remedies: [spreadSources.id],
  programs: ['haproxy', 'ss'],
  needsRoot: true,
  seconds: 5,
  pace: 'waiting',
  open: async (stage) =>
    openSpreadTrial(stage, {
      remedy: spreadSources,
      choices: 'source addresses',
      spreadOver: (site, proxy, count) => ({
        kind: 'sources',
        sources: site.addAddresses(proxy, count).map((address) => ({ address, ...ONE })),
        to: site.backends.slice(0, 1).map(({ addresses: [address] }) => ({ address, ...ONE, port: BACKEND_PORTS[0] })),
      }),
    }),
};
