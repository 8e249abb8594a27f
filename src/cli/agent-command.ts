import { buildCommand, type Command, type CommandContext, type FlagParametersForType } from '@stricli/core';
import { checkText } from '../agent/config/setting.ts';
import { SETTING_NAMES, SETTINGS, type SettingName } from '../agent/config/settings.ts';
import type { AgentFlags } from './agent-flags.ts';

type SettingFlags = Pick<AgentFlags, SettingName>;

/** One flag for each setting. */
const SETTING_FLAGS = Object.fromEntries(
  SETTING_NAMES.map((name) => [name, flagFor(name)]),
) as unknown as FlagParametersForType<SettingFlags>;

function flagFor(name: SettingName): object {
  const { kind, isSwitch, placeholder, help, initial } = SETTINGS[name];
  const brief = `${help.replaceAll('`', "'")} (${initial === '' ? 'none' : initial})`;
  if (isSwitch === true) return { kind: 'boolean', optional: true, brief };
  return { kind: 'parsed', parse: (text: string) => checkText(kind, text), optional: true, placeholder, brief };
}

const FLAGS: FlagParametersForType<AgentFlags> = {
  ...SETTING_FLAGS,
  config: {
    kind: 'parsed',
    parse: String,
    optional: true,
    placeholder: 'FILE',
    brief: 'The file of settings (~/.config/fourtuple/agent.yaml, else /etc/fourtuple/agent.yaml, where there is one)',
  },
  printConfig: {
    kind: 'boolean',
    optional: true,
    withNegated: false,
    brief: 'Prints the settings in force and where each comes from, and ends',
  },
};

export const agentCommand: Command<CommandContext> = buildCommand<AgentFlags, [], CommandContext>({
  loader: async () => (await import('./agent.ts')).agent,
  parameters: { flags: FLAGS, aliases: { l: 'listen', n: 'namespaces' } },
  docs: {
    brief: 'Watches this machine: a dashboard, metrics for Prometheus, and the past',
    fullDescription:
      'Watches this machine until it is ended: takes a census each second, keeps the past, and serves a dashboard, JSON and metrics for Prometheus, by default to this machine only. It changes nothing.\n\nEach flag can be a variable of the environment too (FOURTUPLE_CPU_BUDGET=2%), or a line of the file (cpuBudget: 2%): flags win over the environment, which wins over the file.',
    customUsage: [
      { input: '', brief: 'the dashboard is at http://127.0.0.1:10404/' },
      { input: '--listen :8080 --token-file /etc/fourtuple/token', brief: 'for others too, who must show a token' },
      { input: '--namespaces host,web --interval 5s', brief: 'two network namespaces, every five seconds' },
      { input: '--config agent.yaml --print-config', brief: 'what would be in force, and why' },
    ],
  },
});
