import { describe, expect, it } from 'vitest';
import { openHistoryReader } from '../../src/agent/history/open-reader.ts';
import type { FindingReport } from '../../src/diagnosis/report.ts';
import { readReport } from '../../src/diagnosis/report-reader.ts';
import { hostWith, keepHistory, oneLane, seriesOf } from '../kit/histories.ts';
import { processReport } from '../kit/reports.ts';
import { busyLane, laneSample, namespaceSample, START_MS, sampleAt } from '../kit/samples.ts';

const [SECOND, MINUTE, HOUR, DAY] = [1_000, 60_000, 3_600_000, 86_400_000];

const finding = (code: string, used: number): FindingReport => ({
  ...{ code, severity: 'critical', namespace: 'host', namespaceInode: 4_026_531_840 },
  lane: { source: '10.0.0.5', destination: '10.0.1.1', port: 8080 },
  ...{ summary: `${used} slots are used`, explanation: '', evidence: { used }, remedies: [], unhelpful: [] },
});

describe('a report of then', () => {
  it('is what was sampled, as far as it is kept, and says what is not', async () => {
    const { store } = await keepHistory();
    const lane = laneSample(
      ['fe80::1', 'fe80::2', 443],
      { ESTABLISHED: 7, TIME_WAIT: 28_000, CLOSE_WAIT: 3 },
      {
        ...{
          device: 'eth0',
          pool: 'source',
          reuse: true,
          reclaimable: 27_000,
          opensPerSecond: 447.21,
          holdSeconds: 0.268,
        },
        ...{ cliffAt: 14_116, secondsToCliff: 0, secondsToExhaustion: 12.5, settlesAt: 0.9512, unit: 'web.service' },
        processes: [processReport(811, 'nginx', 6, 'nginx.service'), processReport(812, 'nginx', 1)],
      },
    );
    const namespace = namespaceSample([lane, busyLane(1, 5)], {
      ...{ name: null, holder: { pid: 4, name: 'pause' }, lanesOmitted: 3, inode: 4_026_532_001 },
    });
    store.append(sampleAt(START_MS, [namespace, namespaceSample([], { name: 'empty' })]));
    const report = store.at(START_MS + SECOND);
    const { closes, refusedConnects, timeWaitProcesses, ...kept } = lane;
    expect(report).toMatchObject({
      ...{ takenAt: '2026-11-20T12:00:00.000Z', durationSeconds: 0.003 },
      host: { name: 'proxy.core', kernel: '6.18.44' },
      namespaces: [
        {
          ...{ inode: 4_026_532_001, name: null, holder: { pid: 4, name: 'pause' }, lanesOmitted: 3 },
          ...{ ports: namespace.ports, settings: namespace.settings, totals: namespace.totals },
          lanes: [{ ...kept, processes: [processReport(811, 'nginx', 6, 'nginx.service')] }, { port: 8080 }],
          notes: [expect.stringContaining('From the history')],
        },
        { name: 'empty', lanes: [] },
      ],
      findings: [],
    });
    expect(readReport(JSON.stringify(report), 'it')).toEqual(report);
  });

  it('is the last before the instant, within two minutes', async () => {
    const { store, clock } = await keepHistory();
    clock.pass(10 * MINUTE);
    for (const [seconds, used] of [
      [0, 1],
      [2, 2],
      [4, 3],
    ] as const)
      store.append(oneLane(START_MS + seconds * SECOND, used));
    const timeWaitAt = (ms: number): number | undefined =>
      store.at(START_MS + ms)?.namespaces[0]?.lanes[0]?.states.TIME_WAIT;
    expect([-1, 0, 1_999, 2_000, 3_999, 4_000, 123_999].map(timeWaitAt)).toEqual([undefined, 1, 1, 2, 2, 3, 3]);
    expect(store.at(START_MS + 124_000)).toBeNull();
    expect(store.span()).toEqual({ sinceMs: START_MS, untilMs: START_MS + 4_000 });
  });

  it('has the findings of then: they are kept where what is wrong changes', async () => {
    const { store, clock, take } = await keepHistory();
    const summaries = (ms: number): string[] => (store.at(START_MS + ms)?.findings ?? []).map(({ summary }) => summary);
    const note = (findings: readonly FindingReport[]): void =>
      store.recordFindings(new Date(clock.wallMs).toISOString(), findings);
    take(1, () => [hostWith(1)]);
    note([finding('lane-exhausting', 1)]);
    take(5, () => [hostWith(2)]);
    note([finding('lane-exhausting', 2)]);
    take(5, () => [hostWith(3)]);
    note([finding('lane-exhausted', 3)]);
    take(5, () => [hostWith(4)]);
    note([]);
    take(1, () => [hostWith(5)]);
    expect([0, 1, 10, 11, 15, 16].map((seconds) => summaries(seconds * SECOND))).toEqual([
      [],
      ['1 slots are used'],
      ['1 slots are used'],
      ['3 slots are used'],
      ['3 slots are used'],
      [],
    ]);
  });

  it('has no findings of the agent before, which could not know', async () => {
    const { store, file, clock, take } = await keepHistory();
    take(2, () => [hostWith(1)]);
    store.recordFindings(new Date(clock.wallMs).toISOString(), [finding('lane-exhausted', 1)]);
    take(1, () => [hostWith(1)]);
    expect(store.at(clock.wallMs)?.findings).toHaveLength(1);
    store.close();
    const next = await keepHistory({ file, clock });
    next.take(1, () => [hostWith(1)]);
    expect(next.store.at(clock.wallMs)?.findings).toEqual([]);
  });
});

describe('a lane over time', () => {
  it('has a row for each second of the last hour, and its refusals between them', async () => {
    const { store, take } = await keepHistory();
    take(5, (index) => [namespaceSample([busyLane(0, 10 * index, { refusedConnects: index * index })])]);
    expect(seriesOf(store)).toEqual([
      {
        ...{ namespace: 'host', source: '10.0.0.5', destination: '10.0.1.1', port: 8080, device: null, stepSeconds: 1 },
        times: [0, 1, 2, 3, 4].map((second) => START_MS / SECOND + second),
        slots: [28_231, 28_231, 28_231, 28_231, 28_231],
        used: [122, 132, 142, 152, 162],
        live: [122, 122, 122, 122, 122],
        timeWait: [0, 10, 20, 30, 40],
        reclaimable: [0, 0, 0, 0, 0],
        opensPerSecond: [0, 0.17, 0.33, 0.5, 0.67],
        secondsToCliff: [31.4, 31.4, 31.4, 31.4, 31.4],
        secondsToExhaustion: [71.3, 71.3, 71.3, 71.3, 71.3],
        refusedConnects: [0, 1, 3, 5, 7],
      },
    ]);
  });

  it('is thinned to as many rows as are wanted, each the fullest of those it stands for; no refusal is lost', async () => {
    const { store, take } = await keepHistory();
    take(600, (index) => [namespaceSample([busyLane(0, index === 123 ? 20_000 : 50, { refusedConnects: index })])]);
    for (const mostRows of [2, 7, 30, 599]) {
      const [lane] = seriesOf(store, { mostRows });
      expect(lane?.times.length).toBeLessThanOrEqual(mostRows);
      expect(lane?.times.length).toBeGreaterThan(mostRows / 3);
      expect(Math.max(...(lane?.timeWait ?? []))).toBe(20_000);
      expect(lane?.refusedConnects.reduce<number>((sum, count) => sum + (count ?? 0), 0)).toBe(599);
      const steps = lane?.times.slice(1).map((time, row) => time - (lane.times[row] as number));
      expect(new Set(steps)).toEqual(new Set([lane?.stepSeconds]));
    }
  });

  it('has a row for each minute of the last week, in which no peak is lost', async () => {
    const { store, clock, take } = await keepHistory();
    const [samples, peak] = [2 * 360, 25 * 6 + 4];
    take(
      samples,
      (index) => [namespaceSample([busyLane(0, index === peak ? 28_000 : 100, { refusedConnects: index })])],
      10 * SECOND,
    );
    const [lane] = seriesOf(store, { sinceMs: START_MS });
    expect(lane?.stepSeconds).toBe(60);
    expect(lane?.times).toEqual(Array.from({ length: 120 }, (_, minute) => START_MS / SECOND + 60 * minute));
    expect(lane?.timeWait.map((count) => count === 28_000)).toEqual(
      Array.from({ length: 120 }, (_, minute) => minute === 25),
    );
    expect(lane?.refusedConnects.reduce<number>((sum, count) => sum + (count ?? 0), 0)).toBe(samples - 1);
    expect(store.at(START_MS + 25 * MINUTE)?.namespaces[0]).toMatchObject({
      lanes: [{ states: { TIME_WAIT: 28_000 } }],
      notes: [expect.stringContaining('when it was fullest in this minute')],
    });
    const [second] = seriesOf(store, { sinceMs: clock.wallMs - HOUR + 5 * MINUTE });
    expect(second?.times).toEqual(
      Array.from({ length: 330 }, (_, row) => (clock.wallMs - HOUR + 5 * MINUTE) / SECOND + 10 * row),
    );
  });

  it('is of the lanes and the namespace that are asked for, the fullest first', async () => {
    const { store, take } = await keepHistory();
    take(3, (index) => [
      namespaceSample([busyLane(0, 10), busyLane(1, 500 * index), busyLane(2, 30)]),
      namespaceSample([busyLane(0, 700)], { name: 'web', inode: 5 }),
    ]);
    const names = (query: Parameters<typeof seriesOf>[1]): string[] =>
      seriesOf(store, query).map(({ namespace, destination }) => `${namespace} ${destination}`);
    expect(names({})).toEqual(['host 10.0.1.2', 'web 10.0.1.1', 'host 10.0.1.3', 'host 10.0.1.1']);
    expect(names({ mostLanes: 2 })).toEqual(['host 10.0.1.2', 'web 10.0.1.1']);
    expect(names({ namespace: 'web' })).toEqual(['web 10.0.1.1']);
    expect(names({ matches: ({ destination }) => destination === '10.0.1.1' })).toEqual([
      'web 10.0.1.1',
      'host 10.0.1.1',
    ]);
    expect(names({ sinceMs: START_MS + HOUR })).toEqual([]);
  });

  it('has no row where it held no slot, or nothing was sampled', async () => {
    const { store, clock, take } = await keepHistory();
    take(3, () => [hostWith(5)]);
    take(2, () => [namespaceSample([])]);
    clock.pass(30 * SECOND);
    take(1, () => [hostWith(6)]);
    expect(seriesOf(store)[0]?.times.map((time) => time - START_MS / SECOND)).toEqual([0, 1, 2, 35]);
  });

  it('tells the interval of its samples', async () => {
    const { store, clock } = await keepHistory();
    const cost = { intervalSeconds: 5, cpuSeconds: 0.05, durationSeconds: 0.05 };
    for (let index = 0; index < 4; index += 1) {
      store.append(sampleAt(clock.wallMs, [hostWith(index)], { cost }));
      clock.pass(5 * SECOND);
    }
    expect(seriesOf(store)).toMatchObject([{ stepSeconds: 5, times: { length: 4 } }]);
  });

  it('is as it was after the agent was started again, the minute included in which it ended', async () => {
    const first = await keepHistory();
    first.take(90, (index) => [hostWith(index === 70 ? 9_000 : 10)]);
    first.store.close();
    first.clock.pass(5 * MINUTE);
    const next = await keepHistory({ file: first.file, clock: first.clock });
    next.take(2 * 180, () => [hostWith(20)], 20 * SECOND);
    const [lane] = seriesOf(next.store, { sinceMs: START_MS });
    expect(lane?.times.slice(0, 4).map((time) => time - START_MS / SECOND)).toEqual([0, 60, 360, 420]);
    expect(lane?.timeWait.slice(0, 3)).toEqual([10, 9_000, 20]);
  });
});

describe('what is kept', () => {
  it('is an hour by the second and a week by the minute, and then it is gone', async () => {
    const { file, store, clock, take } = await keepHistory();
    take(8 * 24 * 6, (index) => [namespaceSample([busyLane(index % 7, 10)])], 10 * MINUTE);
    const span = store.span();
    expect(span?.untilMs).toBe(clock.wallMs - 10 * MINUTE);
    expect(clock.wallMs - (span?.sinceMs ?? 0)).toBeLessThanOrEqual(7 * DAY + 20 * MINUTE);
    expect(clock.wallMs - (span?.sinceMs ?? 0)).toBeGreaterThan(7 * DAY - 20 * MINUTE);
    const { default: Libsql } = await import('libsql');
    const rows = new Libsql(file).prepare('SELECT count(*) FROM second').raw().get() as [number];
    expect(rows[0]).toBeLessThanOrEqual(7);
  });

  it('is read by another process while it is written, without hindering it', async () => {
    const { file, store, clock, take, events } = await keepHistory();
    clock.wallMs = Date.now() - MINUTE;
    take(10, () => [hostWith(5)]);
    const reader = await openHistoryReader(file);
    expect(seriesOf(reader)[0]?.times).toHaveLength(10);
    take(5, () => [hostWith(6)]);
    expect(seriesOf(reader)[0]?.times).toHaveLength(15);
    expect(reader.span()).toEqual(store.span());
    expect(reader.at(clock.wallMs)).toEqual(store.at(clock.wallMs));
    reader.close();
    expect(events).toEqual([]);
  });
});
