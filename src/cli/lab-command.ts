import { buildCommand, buildRouteMap, type CommandContext, type RouteMap } from '@stricli/core';
import { parsePortRange } from '../tcp/port-range.ts';
import type { LabListFlags, LabRunFlags } from './lab-flags.ts';

const list = buildCommand<LabListFlags, [], CommandContext>({
  loader: async () => (await import('./lab-list.ts')).listExperiments,
  parameters: {
    flags: { json: { kind: 'boolean', optional: true, withNegated: false, brief: 'The list as JSON' } },
  },
  docs: {
    brief: 'Every experiment, and what it asks',
    customUsage: [{ input: '', brief: 'what can be run here' }],
  },
});

const run = buildCommand<LabRunFlags, string[], CommandContext>({
  loader: async () => (await import('./lab-run.ts')).runExperiments,
  parameters: {
    flags: {
      full: {
        kind: 'boolean',
        optional: true,
        withNegated: false,
        brief: "Lanes have the machine's own range, in place of a short one: it takes longer",
      },
      html: {
        kind: 'parsed',
        parse: String,
        optional: true,
        placeholder: 'FILE',
        brief: 'Writes what came of it as a page for a browser too',
      },
      json: { kind: 'boolean', optional: true, withNegated: false, brief: 'What came of it as JSON' },
    },
    positional: {
      kind: 'array',
      parameter: { brief: 'Experiments; all of them where none is named', parse: String, placeholder: 'NAME' },
    },
  },
  docs: {
    brief:
      'Predicts, then measures on the real kernel, in network namespaces of its own; exits 1 where a prediction fails',
    customUsage: [
      { input: '', brief: 'all of them, in about a minute' },
      { input: 'capacity cliff', brief: 'these two; `fourtuple lab capacity cliff` does the same' },
      { input: '--html lab.html', brief: 'the plots and tables as a page' },
      { input: 'rate --full', brief: "with the machine's own range" },
    ],
  },
});

const shell = buildCommand<Record<string, never>, [string], CommandContext>({
  loader: async () => (await import('./lab-shell.ts')).openShell,
  parameters: {
    flags: {},
    positional: {
      kind: 'tuple',
      parameters: [{ brief: 'The experiment', parse: String, placeholder: 'NAME' }],
    },
  },
  docs: {
    brief: 'A shell inside the hosts of an experiment: `ip netns` lists them, and they are gone when it ends',
    customUsage: [{ input: 'proxy-haproxy', brief: 'on the proxy, between its clients and backends' }],
  },
});

/** What `lab run` and `lab shell` start for each experiment, apart from the machine: not for people. */
const inside = buildCommand<{ readonly shell?: boolean }, [string, ReturnType<typeof parsePortRange>], CommandContext>({
  loader: async () => (await import('./lab-inside.ts')).runInside,
  parameters: {
    flags: { shell: { kind: 'boolean', optional: true, withNegated: false, brief: 'A shell in place of the run' } },
    positional: {
      kind: 'tuple',
      parameters: [
        { brief: 'The experiment', parse: String, placeholder: 'NAME' },
        { brief: 'Of the lanes', parse: parsePortRange, placeholder: 'LOW-HIGH' },
      ],
    },
  },
  docs: { brief: 'Runs one experiment in the namespaces of this process' },
});

/** What an experiment starts where it may open too few files itself: not for people. */
const hold = buildCommand<Record<string, never>, [string], CommandContext>({
  loader: async () => (await import('./lab-inside.ts')).holdInside,
  parameters: {
    flags: {},
    positional: { kind: 'tuple', parameters: [{ brief: 'What is held', parse: String, placeholder: 'ORDER' }] },
  },
  docs: { brief: 'Fills a lane of this process’s namespace, and holds its connections' },
});

/** What the proxy experiments start where no other proxy is there: not for people. */
const relay = buildCommand<Record<string, never>, [string], CommandContext>({
  loader: async () => (await import('./lab-relay.ts')).startRelay,
  parameters: {
    flags: {},
    positional: { kind: 'tuple', parameters: [{ brief: 'What it is to do', parse: String, placeholder: 'FILE' }] },
  },
  docs: { brief: 'Passes connections on' },
});

/** `fourtuple lab`. */
export const labCommand: RouteMap<CommandContext> = buildRouteMap({
  routes: { list, run, shell, inside, hold, relay },
  defaultCommand: 'list',
  docs: {
    brief: 'Experiments: predictions beside measurements on the real kernel, in private network namespaces',
    hideRoute: { inside: true, hold: true, relay: true },
  },
});
