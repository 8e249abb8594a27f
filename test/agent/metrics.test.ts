import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AgentView } from '../../src/agent/agent-view.ts';
import { METRICS } from '../../src/agent/metrics/metrics.ts';
import { renderMetrics } from '../../src/agent/metrics/render-metrics.ts';
import { exampleAgent, HOSTILE_NAMES } from '../kit/example-agent.ts';
import { isOnPath, needsPrograms } from '../kit/needs.ts';
import { type PrometheusServer, startPrometheus } from '../kit/prometheus.ts';
import {
  laneSample,
  namespaceSample,
  type ScrapedAgent,
  sampleOf,
  serveMetrics,
  viewOf,
} from '../kit/scraped-agent.ts';

const hostileAgent = (): AgentView =>
  viewOf(
    sampleOf(
      HOSTILE_NAMES.map((name, inode) =>
        namespaceSample([laneSample(['10.0.0.5', '10.0.1.9', 80], { ESTABLISHED: inode + 1 })], { name, inode }),
      ),
    ),
  );

describe('promtool', () => {
  needsPrograms('promtool');

  it.each([
    ['everything', exampleAgent()],
    ['hostile names', hostileAgent()],
    ['nothing yet', viewOf(null)],
  ])('has no complaint about metrics of %s', async (_, view) => {
    const child = spawn('promtool', ['check', 'metrics'], { stdio: ['pipe', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text));
    child.stdin.end((await renderMetrics(view, 'text')).body);
    const [code] = await once(child, 'close');
    expect({ code, said }).toEqual({ code: 0, said: '' });
  });
});

describe('a real Prometheus', () => {
  needsPrograms('prometheus');

  const agents = new Map<string, ScrapedAgent>();
  let server: PrometheusServer;

  /** One for all tests: it looks at its targets for the first time after five seconds. */
  beforeAll(async () => {
    if (!isOnPath('prometheus')) return;
    agents.set('everything-as-asked', await serveMetrics(exampleAgent));
    agents.set('everything-as-text', await serveMetrics(exampleAgent, 'text'));
    agents.set('hostile-as-asked', await serveMetrics(hostileAgent));
    agents.set('hostile-as-text', await serveMetrics(hostileAgent, 'text'));
    const targets = Object.fromEntries([...agents].map(([job, { address }]) => [job, [address]]));
    server = await startPrometheus({ targets, intervalMs: 1_000 });
    await server.until('up == 1', (values) => values.length === agents.size);
  });

  afterAll(async () => {
    await server?.stop();
    for (const agent of agents.values()) await agent.close();
  });

  it('asks for OpenMetrics and is given it', () => {
    expect(agents.get('everything-as-asked')?.answered[0]).toMatch(/^application\/openmetrics-text; version=1\.0\.0/);
    expect(agents.get('everything-as-text')?.answered[0]).toMatch(/^text\/plain; version=0\.0\.4/);
  });

  it.each(['everything-as-asked', 'everything-as-text'])('reads every series of %s', async (job) => {
    const { body } = await renderMetrics(exampleAgent(), 'text');
    const lines = body.split('\n').filter((line) => /^\w/.test(line));
    const read = (await server.query(`{__name__=~"fourtuple_.*",job="${job}"}`)).map(({ labels: all, value }) => {
      const { __name__, job: _, instance, ...labels } = all;
      return `${__name__} ${JSON.stringify(Object.entries(labels).sort())} ${value}`;
    });
    expect(read.sort()).toEqual(lines.map(asRead).sort());
  });

  it('knows what each metric is', async () => {
    const known =
      await server.get<Record<string, readonly { readonly type: string; readonly help: string }[]>>('/api/v1/metadata');
    for (const { name, kind, help } of METRICS) {
      expect(known[name], name).toContainEqual({ type: kind, help, unit: '' });
    }
  });

  it.each(['hostile-as-asked', 'hostile-as-text'])('reads names of namespaces as they are: %s', async (job) => {
    const found = await server.query(`fourtuple_lane_used_slots{state="ESTABLISHED",job="${job}"}`);
    expect(new Map(found.map(({ labels, value }) => [labels.namespace, value]))).toEqual(
      new Map(HOSTILE_NAMES.map((name, index) => [name, index + 1])),
    );
    expect(await server.query('fourtuple_lane_slots{namespace="forged"}')).toEqual([]);
  });
});

/** A line of an exposition without anything to escape. */
function asRead(line: string): string {
  const [, name, labels = '', value = ''] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
  const pairs = [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, label, text]) => [label, text]);
  return `${name} ${JSON.stringify(pairs.sort())} ${Number(value.replace('Inf', 'Infinity'))}`;
}
