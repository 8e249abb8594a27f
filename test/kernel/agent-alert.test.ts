import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { serve } from '../kit/connections.ts';
import { needsPrograms } from '../kit/needs.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { needsProgram } from '../kit/program.ts';
import { type PrometheusServer, startPrometheus } from '../kit/prometheus.ts';
import { endAgents, RunningAgent } from '../kit/running-agent.ts';
import { openSteadily } from '../kit/steady-load.ts';
import { setPortRange, writeSysctl } from '../kit/sysctl.ts';

const RULES = readFileSync(new URL('../../deploy/prometheus/fourtuple.rules.yml', import.meta.url), 'utf8');
const SLOTS = 4_000;
const PER_SECOND = 100;
/** As long as the lane takes to fill, and half as long again. */
const PATIENCE_SECONDS = (SLOTS / PER_SECOND) * 1.5;

needsProgram();
needsPrograms('prometheus');
usesPrivateNamespace();

let prometheus: PrometheusServer | undefined;
afterEach(async () => {
  await prometheus?.stop();
  await endAgents();
});

describe('the alert', () => {
  it('fires in a real Prometheus before the first connect() is refused', {
    timeout: PATIENCE_SECONDS * 1_000 + 60_000,
  }, async () => {
    setPortRange(30_000, 30_000 + SLOTS - 1);
    writeSysctl('ipv4.tcp_tw_reuse', 0);
    const agent = await RunningAgent.start(['--namespaces', 'own']);
    const server = await startPrometheus({
      targets: { fourtuple: [new URL(agent.url).host] },
      rules: RULES,
      intervalMs: 1_000,
      scrapeOptions: ['honor_labels: true'],
    });
    prometheus = server;
    const fired = new Map<string, number>();
    const watching = new AbortController();
    const watch = async (): Promise<void> => {
      while (!watching.signal.aborted) {
        for (const { labels } of await server.query('ALERTS{alertstate="firing",port="9000"}')) {
          const name = labels.alertname ?? '';
          if (!fired.has(name)) fired.set(name, performance.now());
        }
        await sleep(250);
      }
    };
    const watched = watch();
    const begun = performance.now();
    const { refusedAt } = await openSteadily({
      to: serve('127.0.0.1', 9_000),
      perSecond: PER_SECOND,
      seconds: PATIENCE_SECONDS,
    });
    await expect.poll(() => [...fired.keys()], { timeout: 20_000 }).toContain('FourtupleLaneExhausted');
    watching.abort();
    await watched;
    const firedAt = fired.get('FourtupleLaneExhausting') ?? Number.POSITIVE_INFINITY;
    const seconds = (at: number | null): string => `${(((at ?? begun) - begun) / 1_000).toFixed(1)} s`;
    process.stdout.write(
      `the alert fired after ${seconds(firedAt)}, the first refusal came after ${seconds(refusedAt)}\n`,
    );
    expect(refusedAt).not.toBeNull();
    expect(firedAt).toBeLessThan(refusedAt as number);
  });
});
