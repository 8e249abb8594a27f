import { resolve } from 'node:path';
import { hasCapability } from '../../linux/capabilities.ts';
import { FourtupleError } from '../../tcp/error.ts';
import { historyFile } from '../history/history-file.ts';
import type { AgentConfig, AgentNamespaces, HistoryConfig, ListenConfig } from './agent-config.ts';
import type { Environment } from './find-config.ts';
import type { SettingValues } from './settings.ts';
import { type GivenFlags, type SettingsInForce, settingsInForce } from './settings-in-force.ts';
import { readToken } from './token.ts';

/**
 * How the agent runs, by its flags, the environment, and its file.
 *
 * @throws FourtupleError FT_CONFIG naming what is wrong, and what was expected
 */
export async function loadAgentConfig(flags: GivenFlags, environment: Environment): Promise<AgentConfig> {
  return agentConfig(await settingsInForce(flags, environment), environment);
}

/**
 * What settings come to on this machine.
 *
 * @throws FourtupleError FT_CONFIG where they exclude each other, or the token cannot be read
 */
export function agentConfig({ settings }: SettingsInForce, environment: Environment): AgentConfig {
  const values = Object.fromEntries(
    Object.entries(settings).map(([name, { value }]) => [name, value]),
  ) as unknown as SettingValues;
  return {
    listen: listenConfig(values, environment),
    namespaces: namespacesOf(values),
    intervalSeconds: values.interval,
    cpuBudget: values.cpuBudget,
    lanesPerNamespace: values.lanes,
    history: historyConfig(values, environment),
    traceRefusals: values.refusals,
    watchCloses: values.closes,
    log: values.log,
  };
}

function listenConfig({ listen, open, tokenFile, hostNames }: SettingValues, environment: Environment): ListenConfig {
  if (open && tokenFile !== 'auto' && tokenFile !== 'none') {
    throw new FourtupleError('FT_CONFIG', 'open and tokenFile exclude each other: who is let in without a token?', {
      hint: 'Leave out one of them.',
    });
  }
  const token = open ? null : readToken(tokenFile, environment);
  return { ...listen, token, isOpen: open, hostNames };
}

function namespacesOf({ namespaces }: SettingValues): AgentNamespaces {
  if (namespaces !== 'auto') return namespaces;
  return hasCapability('CAP_SYS_ADMIN') === true ? 'all' : 'own';
}

function historyConfig({ history, historySize }: SettingValues, environment: Environment): HistoryConfig | null {
  if (history === 'off') return null;
  const file = history === 'on' ? historyFile(environment) : resolve(history);
  return { file, mostBytes: historySize };
}
