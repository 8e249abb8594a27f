import { loadAgentConfig } from '../agent/config/load-agent-config.ts';
import { FourtupleError } from '../tcp/error.ts';
import type { AgentFlags } from './agent-flags.ts';

/** `fourtuple agent`. */
export async function agent(flags: AgentFlags): Promise<void> {
  if (flags.printConfig === true) {
    const { printConfig } = await import('./print-config.ts');
    return printConfig(flags);
  }
  await loadAgentConfig(flags, process.env);
  throw new FourtupleError('FT_UNSUPPORTED', 'not yet');
}
