import { configText } from '../agent/config/config-text.ts';
import { agentConfig } from '../agent/config/load-agent-config.ts';
import { settingsInForce } from '../agent/config/settings-in-force.ts';
import type { AgentFlags } from './agent-flags.ts';
import { print } from './output.ts';

/** `fourtuple agent --print-config`. */
export async function printConfig(flags: AgentFlags): Promise<void> {
  const inForce = await settingsInForce(flags, process.env);
  await print(configText(inForce, agentConfig(inForce, process.env)));
}
