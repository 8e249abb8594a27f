import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import type { AgentView } from '../../src/agent/agent-view.ts';
import { METRICS } from '../../src/agent/metrics/metrics.ts';
import { outlookOf } from '../../src/diagnosis/rules/lane-outlook.ts';
import { alertRules, limitsOf, RULES, recordingRules } from '../kit/alert-rules.ts';
import { exampleAgent, HOSTILE_NAMES } from '../kit/example-agent.ts';
import { needsPrograms } from '../kit/needs.ts';
import { run } from '../kit/program.ts';
import { startPrometheus } from '../kit/prometheus.ts';
import { namesOfQuery } from '../kit/promql.ts';
import { laneReport } from '../kit/reports.ts';
import { laneSample, namespaceSample, sampleOf, serveMetrics, viewOf } from '../kit/scraped-agent.ts';

const FOLDER = fileURLToPath(new URL('../../deploy/prometheus/', import.meta.url));
const PAGE = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8');
/** What Prometheus itself adds to a series. */
const TARGET_LABELS = ['job', 'instance'];
const TEST_FILES = readdirSync(FOLDER).filter((name) => name.endsWith('.test.yml'));

const made: string[] = [];
afterEach(() => {
  for (const directory of made.splice(0)) rmSync(directory, { recursive: true });
});

describe('promtool', () => {
  needsPrograms('promtool');

  it('has no complaint about the rules', async () => {
    const { code, out } = await run('promtool', [
      ...['check', 'rules', '--lint=all', '--lint-fatal'],
      join(FOLDER, 'fourtuple.rules.yml'),
    ]);
    expect({ code, out }).toMatchObject({ code: 0, out: expect.stringContaining('SUCCESS') });
  });

  it.each(TEST_FILES)('finds that alerts fire when they shall, and only then: %s', async (file) => {
    const { code, out, error } = await run('promtool', ['test', 'rules', join(FOLDER, file)]);
    expect(code, `${out}${error}`).toBe(0);
  });

  it('has no complaint about how agents are scraped', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'fourtuple-scrape-'));
    made.push(directory);
    cpSync(join(FOLDER, 'fourtuple.rules.yml'), join(directory, 'fourtuple.rules.yml'));
    const token = join(directory, 'fourtuple.token');
    writeFileSync(token, 'secret\n');
    const config = readFileSync(join(FOLDER, 'scrape.yml'), 'utf8');
    expect(config).toContain('/etc/prometheus/fourtuple.token');
    writeFileSync(join(directory, 'scrape.yml'), config.replace('/etc/prometheus/fourtuple.token', token));
    const { code, out, error } = await run('promtool', ['check', 'config', join(directory, 'scrape.yml')]);
    expect(code, `${out}${error}`).toBe(0);
    expect(out).toContain('1 rule files found');
  });
});

describe('the rules', () => {
  it('have tests for each alert, firing and not firing', () => {
    const tests = TEST_FILES.map((file) => readFileSync(join(FOLDER, file), 'utf8')).join('\n');
    for (const name of new Set(alertRules().map(({ alert }) => alert))) {
      const cases = tests.split(`alertname: ${name}\n`).slice(1);
      const fires = cases.map((text) => /^\s+eval_time: \S+\n\s+exp_alerts:/.test(text));
      expect(new Set(fires), name).toEqual(new Set([true, false]));
    }
  });

  it('name only metrics and labels that there are', () => {
    const recorded = recordingRules().map(({ record }) => record);
    const labelsOf = new Map([
      ...METRICS.map(({ name, labels }): [string, readonly string[]] => [name, labels]),
      ...recorded.map((name): [string, readonly string[]] => [name, METRICS.flatMap(({ labels }) => labels)]),
      ['up', []],
    ]);
    const all = [...TARGET_LABELS, ...[...labelsOf.values()].flat()];
    for (const { expr } of [...alertRules(), ...recordingRules()]) {
      const { metrics, groupedBy } = namesOfQuery(expr);
      expect(metrics.length, expr).toBeGreaterThan(0);
      for (const { name, labels } of metrics) {
        expect(labelsOf.has(name), `${name} in ${expr}`).toBe(true);
        expect([...TARGET_LABELS, ...(labelsOf.get(name) ?? [])], expr).toEqual(expect.arrayContaining([...labels]));
      }
      expect(all, expr).toEqual(expect.arrayContaining([...groupedBy]));
    }
  });

  it('draw their lines where the findings of doctor and status do', () => {
    const [critical = 0, tenth = 0] = limitsOf('FourtupleLaneExhausting', 'critical');
    const [from, end = 0, tenthToo] = limitsOf('FourtupleLaneExhausting', 'warning');
    const [most = 0] = limitsOf('FourtupleLaneNearlyFull', 'warning');
    const outlookAt = (utilization: number, secondsToExhaustion: number | null): string =>
      outlookOf(
        laneReport(
          ['10.0.0.5', '10.0.1.9', 80],
          { ESTABLISHED: 1_000 * utilization },
          { slots: 1_000, secondsToExhaustion },
        ),
      );
    expect([from, tenthToo]).toEqual([critical, tenth]);
    expect([critical - 1, critical, end - 1, end].map((seconds) => outlookAt(tenth, seconds))).toEqual([
      ...['exhausting-now', 'exhausting-soon', 'exhausting-soon', 'fine'],
    ]);
    expect(outlookAt(tenth - 0.001, critical - 1)).toBe('fine');
    expect([outlookAt(most, null), outlookAt(most - 0.001, null)]).toEqual(['nearly-full', 'fine']);
  });

  it('send the reader to a chapter of the documentation, and to a command', () => {
    for (const { alert, labels, annotations } of alertRules()) {
      expect(['critical', 'warning', 'info']).toContain(labels.severity);
      expect(annotations.runbook).toBe(`docs/metrics.md#${alert.toLowerCase()}`);
      expect(PAGE).toContain(`\n### ${alert}\n`);
      expect(annotations.next).toMatch(/^On \{\{ \$labels\.instance \}\}: /);
    }
    const told = [...PAGE.matchAll(/^### (Fourtuple\w+)$/gm)].map(([, name]) => name);
    expect(told).toEqual([...new Set(alertRules().map(({ alert }) => alert))]);
  });
});

describe('a real Prometheus with the rules', () => {
  needsPrograms('prometheus');

  it('has an alert for each thing that is wrong, and says what', async () => {
    const agents = [await serveMetrics(exampleAgent), await serveMetrics(hostileAgent)];
    const server = await startPrometheus({
      config: {
        global: { scrape_interval: '1s' },
        rule_files: [fileURLToPath(RULES)],
        scrape_configs: [
          { job_name: 'fourtuple', static_configs: [{ targets: agents.map(({ address }) => address) }] },
        ],
      },
    });
    try {
      const firing = (alerts: readonly Alert[], name: string, destination: string): readonly Alert[] =>
        alerts.filter(
          ({ state, labels }) => state === 'firing' && labels.alertname === name && labels.destination === destination,
        );
      // One lane of the first agent, and one in each namespace of the second.
      let alerts: readonly Alert[] = [];
      while (
        firing(alerts, 'FourtupleLaneExhausted', '10.0.1.9').length < 1 + HOSTILE_NAMES.length ||
        firing(alerts, 'FourtupleLaneExhausting', '10.0.1.10').length < 1
      ) {
        await sleep(100);
        ({ alerts } = await server.get<{ readonly alerts: readonly Alert[] }>('/api/v1/alerts'));
      }
      for (const { annotations } of alerts) {
        expect(Object.values(annotations).join('\n')).not.toMatch(/error expanding|<no value>/);
      }
      const exhausted = alerts.filter(({ labels }) => labels.namespace === HOSTILE_NAMES[0]);
      // What somebody is to type has nothing in it that somebody else has named.
      expect(exhausted.map(({ annotations }) => annotations.next)).toEqual([
        `On ${agents[1]?.address}: fourtuple doctor --all --lane '10.0.0.5>10.0.1.9:80'`,
      ]);
      const { groups } = await server.get<{ readonly groups: readonly RuleGroup[] }>('/api/v1/rules');
      const health = groups.flatMap(({ rules }) => rules.map(({ name, health }) => `${name} ${health}`));
      expect(health).toHaveLength(alertRules().length + recordingRules().length);
      expect(health.filter((one) => one.endsWith(' err'))).toEqual([]);
    } finally {
      await server.stop();
      for (const agent of agents) await agent.close();
    }
  });
});

interface Alert {
  readonly state: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

interface RuleGroup {
  readonly rules: readonly { readonly name: string; readonly health: string }[];
}

/** In each of its namespaces a lane is exhausted. */
function hostileAgent(): AgentView {
  return viewOf(
    sampleOf(
      HOSTILE_NAMES.map((name, inode) =>
        namespaceSample([laneSample(['10.0.0.5', '10.0.1.9', 80], { TIME_WAIT: 28_231 })], { name, inode }),
      ),
    ),
  );
}
