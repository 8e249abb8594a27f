import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { METRICS } from '../../src/agent/metrics/metrics.ts';
import { limitsOf } from '../kit/alert-rules.ts';
import { exampleAgent } from '../kit/example-agent.ts';
import { interpolated, type Panel, readDashboard, type Target, type Thresholds } from '../kit/grafana.ts';
import { isOnPath, needsPrograms } from '../kit/needs.ts';
import { type Found, type PrometheusServer, startPrometheus } from '../kit/prometheus.ts';
import { namesOfQuery } from '../kit/promql.ts';
import { type ScrapedAgent, serveMetrics } from '../kit/scraped-agent.ts';

const DASHBOARD = readDashboard();
const PANELS = DASHBOARD.panels.filter(({ type }) => type !== 'row');
const QUERIES = PANELS.flatMap((panel) =>
  (panel.targets ?? []).map((target): [string, Target, Panel] => [`${panel.title} ${target.refId}`, target, panel]),
);
/** What Prometheus itself adds to a series. */
const TARGET_LABELS = ['job', 'instance'];
const SOURCE = { type: 'prometheus', uid: '$' + '{datasource}' };

describe('the dashboard', () => {
  it('is one that imports anywhere, as itself', () => {
    expect(DASHBOARD).toMatchObject({ uid: 'fourtuple', id: null, tags: expect.arrayContaining(['fourtuple']) });
    expect(DASHBOARD.schemaVersion).toBeGreaterThanOrEqual(36);
    const variables = DASHBOARD.templating.list;
    expect(variables.map(({ name, type }) => [name, type])).toEqual([
      ['datasource', 'datasource'],
      ...['job', 'instance', 'namespace'].map((name) => [name, 'query']),
    ]);
    for (const { datasource } of [...variables.slice(1), ...PANELS, ...QUERIES.map(([, target]) => target)]) {
      expect(datasource).toEqual(SOURCE);
    }
  });

  it('has panels that say what they show, in a unit, none over another', () => {
    expect(new Set(DASHBOARD.panels.map(({ id }) => id)).size).toBe(DASHBOARD.panels.length);
    const taken = new Map<string, string>();
    for (const { title, gridPos } of DASHBOARD.panels) {
      expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
          expect(taken.get(`${x},${y}`), title).toBeUndefined();
          taken.set(`${x},${y}`, title);
        }
      }
    }
    for (const { title, type, description, fieldConfig } of PANELS) {
      expect(description, title).toMatch(/\.$|fourtuple doctor/);
      if (type !== 'table') expect(fieldConfig?.defaults.unit, title).toBeDefined();
    }
  });

  it('changes its colours where the alerts fire', () => {
    const [now] = limitsOf('FourtupleLaneExhausting', 'critical');
    const [, soon] = limitsOf('FourtupleLaneExhausting', 'warning');
    const seconds = [null, now, soon];
    const utilization = [null, ...limitsOf('FourtupleLaneNearlyFull', 'warning')];
    const valuesOf = (thresholds: unknown): unknown[] => (thresholds as Thresholds).steps.map(({ value }) => value);
    const lines = new Map<string, unknown[]>();
    for (const { title, fieldConfig } of PANELS) {
      lines.set(title, valuesOf(fieldConfig?.defaults.thresholds));
      for (const { matcher, properties } of fieldConfig?.overrides ?? []) {
        for (const { id, value } of properties) if (id === 'thresholds') lines.set(matcher.options, valuesOf(value));
      }
    }
    for (const name of ['First lane exhausted in', 'Time to exhaustion', 'exhausted in']) {
      expect(lines.get(name), name).toEqual(seconds);
    }
    for (const name of ['Fullest lane', 'Utilization', 'utilization']) {
      expect(lines.get(name), name).toEqual(utilization);
    }
    for (const name of [
      'Exhausted lanes',
      'Connects refused, 5 min',
      'refused in 5 min',
      'problems',
      'Agents silent',
    ]) {
      expect(lines.get(name), name).toEqual([null, 1]);
    }
  });

  it.each(QUERIES)('names only metrics and labels that there are: %s', (_, { expr }) => {
    const { metrics, groupedBy } = namesOfQuery(expr);
    expect(metrics.length).toBeGreaterThan(0);
    for (const { name, labels } of metrics) {
      const known = name === 'up' ? [] : METRICS.find((metric) => metric.name === name)?.labels;
      expect(known, name).toBeDefined();
      expect([...TARGET_LABELS, ...(known ?? [])]).toEqual(expect.arrayContaining([...labels]));
    }
    expect([...TARGET_LABELS, ...METRICS.flatMap(({ labels }) => labels)]).toEqual(
      expect.arrayContaining([...groupedBy]),
    );
  });

  it('leaves out no metric but those that are for other queries', () => {
    const queried = new Set(QUERIES.flatMap(([, { expr }]) => namesOfQuery(expr).metrics.map(({ name }) => name)));
    const unseen = METRICS.map(({ name }) => name).filter((name) => !queried.has(name));
    expect(unseen).toEqual([
      'fourtuple_samples_total',
      'fourtuple_lost_refusals_total',
      'fourtuple_spread_attempts_total',
      'fourtuple_lanes',
      'fourtuple_lane_reclaimable_slots',
      'fourtuple_lane_cliff_slots',
    ]);
  });
});

describe('a real Prometheus that scrapes an agent', () => {
  needsPrograms('prometheus');

  let agent: ScrapedAgent;
  let server: PrometheusServer;

  beforeAll(async () => {
    if (!isOnPath('prometheus')) return;
    agent = await serveMetrics(exampleAgent);
    server = await startPrometheus({ targets: { fourtuple: [agent.address] }, intervalMs: 1_000 });
    // A rate needs two scrapes.
    await server.until('count_over_time(fourtuple_samples_total[1m]) >= 2', (values) => values.length > 0);
  });

  afterAll(async () => {
    await server?.stop();
    await agent?.close();
  });

  it.each(QUERIES)('answers every query, with the labels that are shown: %s', async (_, target, panel) => {
    const found = await server.query(interpolated(target.expr));
    expect(found.length).toBeGreaterThan(0);
    const labels = labelsOf(found);
    const shown = [...(target.legendFormat ?? '').matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label as string);
    expect([...labels, ...(labels.has('port') ? ['device'] : [])]).toEqual(expect.arrayContaining(shown));
    // Rows of several queries are one row where all their labels are the same, and the metric's name would be one of them.
    if (panel.type === 'table' && (panel.targets ?? []).length > 1) expect(labels.has('__name__')).toBe(false);
  });

  it('has the columns that tables name', async () => {
    for (const { title, targets = [], transformations = [], fieldConfig, options } of PANELS) {
      if (transformations.length === 0) continue;
      const labels = labelsOf((await Promise.all(targets.map(({ expr }) => server.query(interpolated(expr))))).flat());
      const values = targets.map(({ refId }) => (targets.length === 1 ? 'Value' : `Value #${refId}`));
      const columns = ['Time', ...labels, ...values];
      const { excludeByName = {}, indexByName = {}, renameByName = {} } = transformations.at(-1)?.options ?? {};
      const named = [...Object.keys(excludeByName), ...Object.keys(indexByName), ...Object.keys(renameByName)];
      expect(columns, title).toEqual(expect.arrayContaining(named));
      const renamed = columns.map((column) => renameByName[column] ?? column);
      const styled = (fieldConfig?.overrides ?? []).map(({ matcher }) => matcher.options);
      const sorted = (options?.sortBy ?? []).map(({ displayName }) => displayName);
      expect(renamed, title).toEqual(expect.arrayContaining([...styled, ...sorted]));
    }
  });

  it('fills the lists of machines and namespaces', async () => {
    for (const { name, definition = '' } of DASHBOARD.templating.list.slice(1)) {
      const [, series = '', label = ''] = /^label_values\((.*), (\w+)\)$/.exec(definition) ?? [];
      expect(label).toBe(name);
      expect(labelsOf(await server.query(interpolated(series)))).toContain(label);
    }
  });
});

function labelsOf(found: readonly Found[]): Set<string> {
  return new Set(found.flatMap(({ labels }) => Object.keys(labels)));
}
