import { beforeEach, describe, expect, it, vi } from 'vitest';
import { diagnosed } from '../../../test/kit/diagnosed.ts';
import { expectGolden } from '../../../test/kit/golden.ts';
import { laneReport, namespaceReport, processReport, reportOf } from '../../../test/kit/reports.ts';
import type { BlockerReport, CountedLaneReport, LaneReport, PortsReport, Report } from '../../diagnosis/report.ts';
import { renderReport } from './report-text.ts';
import type { Screen } from './screen.ts';

const SOURCE = '10.0.0.5';
const haproxy = processReport(811, 'haproxy', 120, 'haproxy.service');
const nginx = (count: number) => Array.from({ length: count }, (_, index) => processReport(900 + index, 'nginx', 12));

const exhausted = laneReport(
  [SOURCE, '10.0.1.9', 8080],
  { ESTABLISHED: 100, CLOSE_WAIT: 20, TIME_WAIT: 28_111 },
  { opensPerSecond: 447.2, reuse: false, secondsToCliff: 0, secondsToExhaustion: 0, processes: [haproxy] },
);
const past = laneReport(
  [SOURCE, '10.0.1.8', 8080],
  { ESTABLISHED: 15_000, TIME_WAIT: 2_000 },
  {
    ...{ processes: nginx(8), secondsToCliff: 0, settlesAt: 0.643 },
  },
);
const small = laneReport(
  ['2001:db8::5', '2001:db8:1::9', 443],
  { ESTABLISHED: 12, SYN_SENT: 3, FIN_WAIT2: 1 },
  { opensPerSecond: 0, unit: 'container web-1' },
);
const closed = laneReport([SOURCE, '10.0.1.7', 8080], { TIME_WAIT: 5 }, { opensPerSecond: 0.5, settlesAt: 0.000_2 });
/** Most of TIME_WAIT is older than the delay, and over loopback tcp_tw_reuse is on. */
const loopback = laneReport(
  ['127.0.0.1', '127.0.0.1', 8080],
  { ESTABLISHED: 31, TIME_WAIT: 28_200 },
  { opensPerSecond: 900, reclaimable: 27_300, processes: nginx(2) },
);
/** tcp_tw_reuse=1, and no live connection tells whether the far end has timestamps. */
const unsure = (port: number, timeWait: number): LaneReport =>
  laneReport([SOURCE, '10.0.1.6', port], { TIME_WAIT: timeWait }, { reclaimable: null });

const blocker = (
  kind: BlockerReport['kind'],
  address: string,
  ports: string,
  count: number,
  by = nginx(1),
): BlockerReport => ({
  ...{ kind, address, ports, count, processes: by },
});
const portsOf = (blockers: readonly BlockerReport[], reserved = 0): PortsReport => {
  const blocked = blockers.reduce((sum, { count }) => sum + count, 0);
  return { low: 32_768, high: 60_999, size: 28_232, reserved, blocked, usable: 28_232 - reserved - blocked, blockers };
};
const manyLanes = Array.from({ length: 20 }, (_, index) =>
  laneReport([SOURCE, `10.0.2.${index + 1}`, 80], { ESTABLISHED: 2_000 - 100 * index }, { opensPerSecond: 3 * index }),
);

const ATTEMPTS = 90_000;
const spreadLane = (source: string, timeWait: number, refusals: number): LaneReport =>
  laneReport([source, '10.0.1.9', 8080], { TIME_WAIT: timeWait }, { reuse: false, attempts: ATTEMPTS, refusals });
const countedLane = (source: string, refusals: number): CountedLaneReport => ({
  ...{ source, destination: '10.0.1.9', port: 8080, attempts: ATTEMPTS, refusals },
  since: '2026-11-20T11:00:00.000Z',
});

const UNDIAGNOSED: Readonly<Record<string, Report>> = {
  quiet: reportOf([namespaceReport([])]),
  exhausted: reportOf([
    namespaceReport([exhausted, past, closed, small], {
      ports: portsOf([blocker('listener', '0.0.0.0', '41000', 1)]),
      totals: { lanes: 4, used: 45_252, live: 15_136, timeWait: 30_116, outsideLanes: 812, timeWaitOutsideLanes: 700 },
    }),
  ]),
  loopback: reportOf([namespaceReport([loopback])]),
  unsure: reportOf([
    namespaceReport([unsure(8080, 28_231), unsure(8081, 27_000), unsure(8082, 10)], {
      notes: ['Some owners are not known: CAP_SYS_PTRACE.'],
    }),
  ]),
  'shared-pool': reportOf([
    namespaceReport(
      [
        {
          ...laneReport([SOURCE, '10.0.1.9', 80], { ESTABLISHED: 14_000 }, { slots: 14_000, pool: 'source' }),
          processes: nginx(1),
        },
        laneReport([SOURCE, '10.0.1.8', 80], { ESTABLISHED: 200 }, { slots: 200, pool: 'source' }),
        laneReport(['10.0.0.6', '10.0.1.8', 80], { ESTABLISHED: 30 }, { slots: 14_032 }),
      ],
      {
        ports: portsOf([
          blocker('bound-before-connect', SOURCE, '32769,32771,32773,32775,32777,32779,32781-32999', 14_200),
        ]),
      },
    ),
  ]),
  blockers: reportOf([
    namespaceReport([closed], {
      ports: portsOf(
        [
          blocker('bound-idle', SOURCE, '50000-50999', 1_000, [processReport(77, 'java', 1_000, 'container db')]),
          blocker('listener', '0.0.0.0', '40000-40003,41000', 5, nginx(5)),
          blocker('listener', '::', '42000', 1, []),
          ...[1, 2, 3, 4].map((index) => blocker('listener', `10.0.0.${index}`, `4300${index}`, 1)),
        ],
        16,
      ),
    }),
  ]),
  omitted: reportOf([
    namespaceReport(manyLanes, {
      lanesOmitted: 480,
      totals: { lanes: 500, used: 30_000, live: 30_000, timeWait: 0, outsideLanes: 1, timeWaitOutsideLanes: 0 },
    }),
  ]),
  namespaces: reportOf([
    namespaceReport([]),
    namespaceReport([closed], { inode: 4_026_532_001, name: 'web' }),
    namespaceReport([past, small], { inode: 4_026_532_002, name: null, holder: { pid: 811, name: 'haproxy' } }),
    namespaceReport([], { inode: 4_026_532_003, name: 'container db' }),
  ]),
  refused: reportOf([
    namespaceReport([spreadLane('10.0.0.10', 28_231, 3), spreadLane('10.0.0.11', 28_200, 0)], {
      counted: [
        ...[countedLane('10.0.0.12', 12), countedLane('10.0.0.10', 3), countedLane('10.0.0.11', 0)],
        { ...countedLane('10.0.0.10', 1), port: 443 },
      ],
    }),
  ]),
  counted: reportOf([namespaceReport([closed], { counted: [countedLane('10.0.0.12', 0)] })]),
  capture: reportOf([namespaceReport([exhausted], { inode: null, name: null, source: 'ss -tan' })], {
    ...{ takenAt: null, durationSeconds: 0.0008, host: { name: null, kernel: null } },
  }),
};

const REPORTS: Readonly<Record<string, Report>> = Object.fromEntries(
  Object.entries(UNDIAGNOSED).map(([name, report]) => [name, diagnosed(report)]),
);

const SCREENS: readonly [string, Screen][] = [
  ['80', { width: 80, colour: false, unicode: true }],
  ['120', { width: 120, colour: false, unicode: true }],
  ['160', { width: 160, colour: false, unicode: true }],
  ['120-ascii', { width: 120, colour: false, unicode: false }],
];

describe('a report as a person reads it', () => {
  // node:util looks at the environment itself.
  beforeEach(() => {
    vi.stubEnv('NO_COLOR', undefined);
    vi.stubEnv('FORCE_COLOR', '1');
    return () => vi.unstubAllEnvs();
  });

  for (const [name, report] of Object.entries(REPORTS)) {
    it.each(SCREENS)(`is the same as last time: ${name} on a screen of %s`, (size, screen) => {
      expectGolden(`status-${name}-${size}.txt`, renderReport(report, screen));
    });
  }

  it.each(['exhausted', 'omitted', 'namespaces'])('is the same as last time: %s in colour', (name) => {
    const screen = { width: 120, colour: true, unicode: true };
    expectGolden(`status-${name}-colour.txt`, renderReport(REPORTS[name] as Report, screen));
  });

  it.each(Object.entries(REPORTS))('is the same in colour but for the colours: %s', (_, report) => {
    const screen = { width: 120, colour: true, unicode: true };
    const coloured = renderReport(report, screen);
    const escapeCode = String.fromCharCode(27);
    expect(coloured).toContain(escapeCode);
    expect(coloured.replaceAll(new RegExp(`${escapeCode}\\[\\d+m`, 'g'), '')).toBe(
      renderReport(report, { ...screen, colour: false }),
    );
  });

  it.each(Object.entries(REPORTS))('has only ASCII where the screen has no more: %s', (_, report) => {
    const text = renderReport(report, { width: 120, colour: false, unicode: false });
    expect([...text].filter((character) => character > '~')).toEqual([]);
  });
});
