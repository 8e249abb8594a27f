import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadAgentConfig } from '../agent/config/load-agent-config.ts';
import { openAgentLog } from '../agent/log/agent-log.ts';
import { runAgent } from '../agent/run-agent.ts';
import type { AgentFlags } from './agent-flags.ts';
import { FAILED } from './exit-code.ts';
import { goingOnUnheard } from './output.ts';
import { version } from './version.ts';

/** Ends it though something hangs: history and readers are done with long before. */
const LONGEST_END_MS = 900;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** `fourtuple agent`. */
export async function agent(flags: AgentFlags): Promise<void> {
  if (flags.printConfig === true) {
    const { printConfig } = await import('./print-config.ts');
    return printConfig(flags);
  }
  const config = await loadAgentConfig(flags, process.env);
  const log = openAgentLog(config.log, process.env);
  const ending = new AbortController();
  // It listens until it has ended: a trace instance ends the process by a signal that nobody else listens to.
  const end = (signal: NodeJS.Signals): void => {
    if (ending.signal.aborted) process.exit(FAILED);
    log.log({ level: 'info', event: 'ending', message: `${signal} was received`, fields: { signal } });
    ending.abort();
    setTimeout(() => process.exit(0), LONGEST_END_MS).unref();
  };
  for (const signal of SIGNALS) process.on(signal, end);
  try {
    await goingOnUnheard(() =>
      runAgent(config, {
        version,
        environment: process.env,
        webRoot: webRoot(),
        tell: (event) => log.log(event),
        ending: ending.signal,
      }),
    );
  } finally {
    for (const signal of SIGNALS) process.off(signal, end);
    log.close();
  }
}

/** Beside the program's own folder in dist/. */
function webRoot(): string | null {
  const folder = join(dirname(fileURLToPath(import.meta.url)), '../web');
  return existsSync(join(folder, 'index.html')) ? folder : null;
}
