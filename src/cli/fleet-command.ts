import { buildCommand, type Command, type CommandContext } from '@stricli/core';
import { parseWatchMs } from './flags.ts';
import { parseMatchers } from './fleet/matchers.ts';
import { type FleetFlags, parseLanes, parseMachines } from './fleet-flags.ts';

export const fleetCommand: Command<CommandContext> = buildCommand<FleetFlags, [], CommandContext>({
  loader: async () => (await import('./fleet.ts')).fleet,
  parameters: {
    flags: {
      prometheus: {
        kind: 'parsed',
        parse: String,
        optional: true,
        placeholder: 'URL',
        brief: 'The Prometheus that scrapes the agents; else the environment tells: FOURTUPLE_PROMETHEUS_URL',
      },
      match: {
        kind: 'parsed',
        parse: parseMatchers,
        optional: true,
        placeholder: 'MATCHERS',
        brief: 'Only these machines, by their labels in Prometheus: \'job="proxies", dc=~"eu|us"\'',
      },
      top: {
        kind: 'parsed',
        parse: parseMachines,
        optional: true,
        placeholder: 'N|all',
        brief: 'How many machines to list, the worst first (20; with --json 1000)',
      },
      lanes: {
        kind: 'parsed',
        parse: parseLanes,
        optional: true,
        placeholder: 'N',
        brief: 'How many lanes of each machine, the worst first (1; with --json 5)',
      },
      json: { kind: 'boolean', optional: true, withNegated: false, brief: 'The report as JSON' },
      tokenFile: {
        kind: 'parsed',
        parse: String,
        optional: true,
        placeholder: 'FILE',
        brief: 'Shows the token in this file to Prometheus, as a bearer',
      },
      timeout: {
        kind: 'parsed',
        parse: parseWatchMs,
        default: '30s',
        placeholder: 'TIME',
        brief: 'How long all the queries may take',
      },
    },
  },
  docs: {
    brief: 'The worst machines of a fleet, their lanes, forecasts and findings, from Prometheus',
    customUsage: [
      { input: '--prometheus http://localhost:9090', brief: 'the twenty worst machines, and how the others are' },
      { input: '--match \'job="proxies"\' --top 5 --lanes 3', brief: 'some machines, with three lanes of each' },
      { input: '--top all --json', brief: 'all of them, for a program' },
      {
        input: '--prometheus https://metrics.core/prometheus --token-file /run/secrets/metrics',
        brief: 'behind a proxy that asks for a token',
      },
    ],
  },
});
