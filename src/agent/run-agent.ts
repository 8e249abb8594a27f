import { ServiceManager } from '../linux/service-manager.ts';
import { plural } from '../tcp/number-text.ts';
import { Agent } from './agent.ts';
import type { AgentEvent, Tell } from './agent-event.ts';
import type { AgentConfig } from './config/agent-config.ts';
import type { HistoryEvent, HistoryStore } from './history/history.ts';
import type { MetricsSource } from './http/routes/metrics-route.ts';
import { startHttp } from './http/start-http.ts';
import type { MetricsFormat } from './metrics/negotiate-format.ts';
import type { Sample } from './sample.ts';

export interface RunOptions {
  readonly version: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The folder of the built dashboard; null where there is none. */
  readonly webRoot: string | null;
  readonly tell: Tell;
  /** When to end. */
  readonly ending: AbortSignal;
}

/**
 * Watches the machine until it is told to end: samples, history, HTTP, and whoever has started it (systemd).
 *
 * @throws FourtupleError where it cannot listen, or nothing can be sampled
 */
export async function runAgent(config: AgentConfig, options: RunOptions): Promise<void> {
  const { tell, ending, version } = options;
  const manager = new ServiceManager(options.environment);
  const history = await openStore(config, tell);
  const agent = new Agent(config, { version, history, tell });
  try {
    await agent.begin();
    const http = await startHttp(agent, config.listen, {
      tell: ({ code, message }) => tell({ level: 'warning', event: code, message }),
      webRoot: options.webRoot,
      metrics: await metricsOf(agent),
    });
    try {
      const stop = (): void => {
        manager.stopping('ending');
        agent.stop();
      };
      ending.addEventListener('abort', stop, { once: true });
      if (ending.aborted) stop();
      const watchdog = watchOver(agent, manager);
      tell({
        level: 'info',
        event: 'listening',
        message: `the dashboard is at ${http.url}`,
        fields: { url: http.url },
      });
      if (agent.sample !== null) manager.ready(statusOf(agent.sample, http.url));
      await agent.run((sample) => manager.status(statusOf(sample, http.url)));
      clearInterval(watchdog);
    } finally {
      await http.close();
    }
  } finally {
    agent.close();
    history?.close();
  }
  tell({ level: 'info', event: 'ended', message: 'the agent has ended' });
}

async function openStore({ history }: AgentConfig, tell: Tell): Promise<HistoryStore | null> {
  if (history === null) return null;
  const { openHistory } = await import('./history/open-history.ts');
  return openHistory(history, (event) => tell(told(event)));
}

function told({ kind, message, hint }: HistoryEvent): AgentEvent {
  const level = kind === 'resumed' ? 'info' : 'warning';
  return { level, event: `history-${kind}`, message: hint === null ? message : `${message} ${hint}`, fields: { hint } };
}

async function metricsOf(agent: Agent): Promise<MetricsSource<MetricsFormat>> {
  const [{ renderMetrics }, { negotiateFormat }] = await Promise.all([
    import('./metrics/render-metrics.ts'),
    import('./metrics/negotiate-format.ts'),
  ]);
  return { negotiateFormat, render: (format) => renderMetrics(agent, format) };
}

/** An agent that has got stuck, or samples nothing, is started anew by systemd. */
function watchOver(agent: Agent, manager: ServiceManager): NodeJS.Timeout | undefined {
  if (manager.watchdogMs === null) return undefined;
  return setInterval(() => {
    if (agent.health().isHealthy) manager.alive();
  }, manager.watchdogMs);
}

function statusOf({ namespaces, cost }: Sample, url: string): string {
  const lanes = namespaces.reduce((sum, { totals }) => sum + totals.lanes, 0);
  const places = plural(namespaces.length, 'network namespace');
  return `${plural(lanes, 'lane')} in ${places}, a sample every ${cost.intervalSeconds.toFixed(1)} s; ${url}`;
}
