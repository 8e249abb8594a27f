import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exampleAgent, HOSTILE_NAMES } from '../../../test/kit/example-agent.ts';
import { expectGolden } from '../../../test/kit/golden.ts';
import { findingOf, laneSample, namespaceSample, sampleOf, viewOf } from '../../../test/kit/scraped-agent.ts';
import type { AgentView } from '../agent-view.ts';
import { METRICS } from './metrics.ts';
import { renderMetrics } from './render-metrics.ts';

const LANE = ['10.0.0.5', '10.0.1.9', 8080] as const;

/** The lines that are no comments. */
async function seriesOf(view: AgentView): Promise<string[]> {
  const { body } = await renderMetrics(view, 'text');
  return body.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

async function valuesOf(view: AgentView, name: string): Promise<string[]> {
  return (await seriesOf(view)).filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
}

describe('an answer to a scrape', () => {
  it('has all metrics, as text and as OpenMetrics', async () => {
    const text = await renderMetrics(exampleAgent(), 'text');
    expect(text.contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
    expectGolden('metrics-text.txt', text.body);
    const openMetrics = await renderMetrics(exampleAgent(), 'openmetrics');
    expect(openMetrics.contentType).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    expectGolden('metrics-openmetrics.txt', openMetrics.body);
    for (const { name, kind, help } of METRICS) {
      expect(text.body).toContain(`# HELP ${name} ${help}\n# TYPE ${name} ${kind}\n`);
    }
  });

  it('as OpenMetrics has families without _total, no empty line, and an end', async () => {
    const { body } = await renderMetrics(exampleAgent(), 'openmetrics');
    expect(body).toMatch(/[^\n]\n# EOF\n$/);
    expect(body).not.toContain('\n\n');
    const counters = [...body.matchAll(/^# TYPE (\S+) counter$/gm)].map(([, name]) => name as string);
    expect(counters.map((name) => `${name}_total`)).toEqual(
      METRICS.filter(({ kind }) => kind === 'counter').map(({ name }) => name),
    );
  });

  it('has only the labels that a metric is said to have', async () => {
    for (const { name, labels } of METRICS) {
      for (const line of await valuesOf(exampleAgent(), name)) {
        const own = [...line.matchAll(/[{,](\w+)="/g)].map(([, label]) => label as string);
        expect(labels, line).toEqual(expect.arrayContaining(own));
      }
    }
  });

  it('before the first sample has the version and the counters, and nothing that is not known', async () => {
    const view = viewOf(null, { findings: [findingOf('lane-exhausted', 'critical', 'host')] });
    expect(await seriesOf(view)).toEqual([
      'fourtuple_build_info{version="1.2.3"} 1',
      'fourtuple_sample_cpu_seconds_total 14.25',
      'fourtuple_samples_total 3600',
      'fourtuple_sample_failures_total 2',
    ]);
  });

  it('has no lane that has vanished', async () => {
    const namespaces = [namespaceSample([laneSample(LANE, { ESTABLISHED: 1 })])];
    expect((await renderMetrics(viewOf(sampleOf(namespaces)), 'text')).body).toContain('10.0.1.9');
    expect((await renderMetrics(viewOf(sampleOf([namespaceSample([])])), 'text')).body).not.toContain('10.0.1.9');
  });

  it('has a series for all that is not listed, though it is nothing: its counters go on', async () => {
    const other = 'namespace="host",source="other",destination="other",port="other"';
    const namespace = namespaceSample([], { other: { closes: 40, refusedConnects: 0 } });
    const lines = await seriesOf(viewOf(sampleOf([namespace])));
    expect(lines.filter((line) => line.includes('"other"'))).toEqual([
      `fourtuple_lane_slots{${other}} 0`,
      `fourtuple_lane_used_slots{state="TIME_WAIT",${other}} 0`,
      `fourtuple_lane_used_slots{state="other",${other}} 0`,
      `fourtuple_lane_reclaimable_slots{${other}} 0`,
      `fourtuple_lane_free_slots{${other}} 0`,
      `fourtuple_lane_closes_total{${other}} 40`,
      `fourtuple_lane_refused_connects_total{${other}} 0`,
    ]);
  });

  it('tells namespaces of one name apart', async () => {
    const view = viewOf(
      sampleOf([
        namespaceSample([], { inode: 1, name: 'web' }),
        namespaceSample([], { inode: 2, name: 'web' }),
        namespaceSample([], { inode: 3, name: 'db' }),
      ]),
      { findings: [{ ...findingOf('lane-exhausted', 'critical', 'web'), namespaceInode: 2 }] },
    );
    expect(await valuesOf(view, 'fourtuple_lanes')).toEqual([
      'fourtuple_lanes{namespace="web net:[1]"} 0',
      'fourtuple_lanes{namespace="web net:[2]"} 0',
      'fourtuple_lanes{namespace="db"} 0',
    ]);
    expect(await valuesOf(view, 'fourtuple_findings')).toEqual([
      'fourtuple_findings{namespace="web net:[2]",code="lane-exhausted",severity="critical"} 1',
    ]);
  });

  it('keeps each series on one line, with whatever name it holds', async () => {
    const unit = fc.constantFrom('\\', '"', '\n', '\r', '{', '}', ',', '=', '#', ' ', 'a', 'ü', '🚀');
    const anyName = fc.oneof(fc.constantFrom(...HOSTILE_NAMES), fc.string({ unit }), fc.string({ unit: 'grapheme' }));
    await fc.assert(
      fc.asyncProperty(anyName, async (name) => {
        const [line = '', ...others] = await valuesOf(
          viewOf(sampleOf([namespaceSample([], { name })])),
          'fourtuple_lanes',
        );
        expect(others).toEqual([]);
        const [, escaped = ''] = /^fourtuple_lanes\{namespace="((?:[^"\\\n]|\\[\\"n])*)"\} 0$/.exec(line) ?? [];
        expect(escaped.replace(/\\(.)/g, (_, letter) => (letter === 'n' ? '\n' : letter))).toBe(name);
      }),
    );
  });

  it('has of the lanes that a spread counts those that are told first', async () => {
    const counted = Array.from({ length: 60 }, (_, index) => ({
      ...{ source: `10.0.0.${index}`, destination: '10.0.1.9', port: 80 },
      ...{ attempts: 100, refusals: 60 - index, since: '2026-11-20T11:30:00.000Z' },
    }));
    const lines = await valuesOf(
      viewOf(sampleOf([namespaceSample([], { counted })])),
      'fourtuple_spread_refusals_total',
    );
    expect(lines).toHaveLength(50);
    expect(lines[0]).toContain('source="10.0.0.0",destination="10.0.1.9",port="80"} 60');
  });
});

describe('the future of a lane', () => {
  const FUTURES = ['fourtuple_lane_exhaustion_seconds', 'fourtuple_lane_cliff_seconds'];

  it.each([
    ['that runs out', { secondsToExhaustion: 12.5, cliffAt: 14_116, secondsToCliff: 0 }, ['12.5', '0']],
    ['that settles', { settlesAt: 0.4, cliffAt: 14_116 }, ['+Inf', '+Inf']],
    ['that settles past the cliff', { settlesAt: 0.8, cliffAt: 14_116, secondsToCliff: 3 }, ['+Inf', '3']],
    ['without a cliff', { settlesAt: 0.4 }, ['+Inf']],
    ['that is not known', { cliffAt: 14_116 }, []],
    ['that is not known, and which is past the cliff', { cliffAt: 14_116, secondsToCliff: 0 }, ['0']],
  ])('%s', async (_, facts, values) => {
    const view = viewOf(sampleOf([namespaceSample([laneSample(LANE, { ESTABLISHED: 20_000 }, facts)])]));
    const found = (await Promise.all(FUTURES.map((name) => valuesOf(view, name)))).flat();
    expect(found.map((line) => line.split(' ').at(-1))).toEqual(values);
  });
});
