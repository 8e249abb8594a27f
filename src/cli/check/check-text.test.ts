import { describe, expect, it } from 'vitest';
import { expectGolden } from '../../../test/kit/golden.ts';
import { laneReport, namespaceReport, processReport, reportOf } from '../../../test/kit/reports.ts';
import type { FindingReport, LaneReport, Report } from '../../diagnosis/report.ts';
import { parseAlertRange } from './alert-range.ts';
import { checkDetails } from './check-details.ts';
import { checkLine } from './check-text.ts';
import { figuresOf } from './figures.ts';
import { judge, type Thresholds } from './judge.ts';
import { nextCommands } from './next-command.ts';

const ENDS = ['10.0.0.5', '10.0.1.9', 8080] as const;
const HAPROXY = [processReport(811, 'haproxy', 120)];
const DEFAULTS: Thresholds = {
  utilization: { warning: parseAlertRange('80'), critical: parseAlertRange('95') },
  seconds: { warning: parseAlertRange('300:'), critical: parseAlertRange('60:') },
  refusals: { warning: null, critical: parseAlertRange('0') },
};

interface Case {
  readonly report: Report;
  readonly traced?: boolean;
  readonly unread?: readonly string[];
  readonly isNarrowed?: boolean;
}

/** All that `check -vvv` prints of a report. */
function printed({ report, traced = false, unread = [], isNarrowed = false }: Case): string {
  const figures = figuresOf(report, { isTraced: traced, isNarrowed });
  const verdict = judge(figures, DEFAULTS, unread);
  const looked = { report, figures, thresholds: DEFAULTS, verdict, isNarrowed };
  const own = report.namespaces[0]?.inode ?? 0;
  const next = nextCommands(verdict.alarms[0]?.place ?? null, {
    ownInode: own,
    inodeOf: (name) => (name === 'web' ? 2 : null),
  });
  return `${[checkLine(looked, next), ...checkDetails(looked, 3)].join('\n')}\n`;
}

function ofLanes(...lanes: readonly LaneReport[]): Case {
  return { report: reportOf([namespaceReport(lanes)]) };
}

function refused(count: number): FindingReport {
  return {
    ...{ code: 'connects-refused', severity: 'critical', namespace: 'host', namespaceInode: 4_026_531_840 },
    lane: { source: ENDS[0], destination: ENDS[1], port: ENDS[2] },
    summary: `haproxy 811 failed ${count} times in 2 s to connect from 10.0.0.5 to 10.0.1.9:8080: no source port was free.`,
    ...{ explanation: '', evidence: { refusals: count, processes: [] }, remedies: [], unhelpful: [] },
  };
}

const busy = laneReport(
  ENDS,
  { ESTABLISHED: 120, TIME_WAIT: 3_352 },
  { processes: HAPROXY, opensPerSecond: 55.3, settlesAt: 0.15 },
);
const high = laneReport(
  ENDS,
  { ESTABLISHED: 120, TIME_WAIT: 23_000 },
  { processes: HAPROXY, opensPerSecond: 420, settlesAt: 0.88 },
);
const nearlyFull = laneReport(
  ENDS,
  { ESTABLISHED: 120, TIME_WAIT: 27_791 },
  { processes: HAPROXY, opensPerSecond: 447.2, secondsToExhaustion: 0.7 },
);
const full = laneReport(['10.0.0.5', '10.0.1.10', 8080], { TIME_WAIT: 28_231 }, { secondsToExhaustion: 0 });
const pooled = laneReport(
  ENDS,
  { ESTABLISHED: 28_231 },
  { pool: 'source', processes: HAPROXY, secondsToExhaustion: 0 },
);
const filling = laneReport(
  ENDS,
  { ESTABLISHED: 12, TIME_WAIT: 9_000 },
  { unit: 'web.service', opensPerSecond: 639, secondsToExhaustion: 45 },
);
const doubtful = laneReport(ENDS, { TIME_WAIT: 28_000 }, { reclaimable: null });
const long = laneReport(
  ['2001:db8:1111:2222:3333:4444:5555:6666', '2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff', 50_051],
  { ESTABLISHED: 28_000, TIME_WAIT: 200 },
  {
    processes: [processReport(4_194_303, 'a-name|of-15-chr', 9), processReport(1, 'b', 1)],
    secondsToExhaustion: 7_384,
  },
);
const others = [1, 2, 3].map((port) => ({ ...nearlyFull, port, secondsToExhaustion: 100 + port }));
const spread = { ...busy, attempts: 5_000, refusals: 12 };

const CASES: readonly (readonly [name: string, state: string, what: Case])[] = [
  ['quiet', 'OK', ofLanes()],
  ['ok', 'OK', ofLanes(busy)],
  ['no-match', 'OK', { ...ofLanes(), isNarrowed: true }],
  ['warning', 'WARNING', ofLanes(high, busy)],
  ['critical', 'CRITICAL', ofLanes(nearlyFull, busy)],
  ['exhausted', 'CRITICAL', ofLanes(full, nearlyFull)],
  ['shared-pool', 'CRITICAL', ofLanes(pooled)],
  ['exhausting', 'CRITICAL', ofLanes(filling)],
  ['several', 'CRITICAL', ofLanes(nearlyFull, ...others)],
  ['two-lanes', 'CRITICAL', ofLanes(high, filling)],
  ['long', 'CRITICAL', ofLanes(long)],
  ['doubtful', 'UNKNOWN', ofLanes(doubtful, busy)],
  ['doubtful-and-critical', 'CRITICAL', ofLanes(doubtful, nearlyFull)],
  [
    'namespaces',
    'WARNING',
    {
      report: reportOf([
        namespaceReport([busy]),
        namespaceReport([high], { inode: 2, name: 'web', notes: ['Some owners are not known.'] }),
        namespaceReport([], { inode: 3, name: null }),
      ]),
    },
  ],
  [
    'unread',
    'UNKNOWN',
    { ...ofLanes(busy), unread: ['3 network namespaces could not be read: needs CAP_SYS_PTRACE.'] },
  ],
  ['unread-and-warning', 'WARNING', { ...ofLanes(high), unread: ['2 network namespaces could not be read.'] }],
  ['refusals-counted', 'CRITICAL', ofLanes(spread, busy)],
  ['refusals-none', 'OK', { ...ofLanes(busy), traced: true }],
  [
    'refusals-traced',
    'CRITICAL',
    { report: { ...ofLanes(busy).report, findings: [refused(137), refused(3)] }, traced: true },
  ],
];

describe('what check says', () => {
  it.each(CASES)('of %s is %s', (name, state, what) => {
    const text = printed(what);
    const [line = ''] = text.split('\n');
    const [words = '', perfdata = '', ...more] = line.split(' | ');
    expect(words).toMatch(new RegExp(`^FOURTUPLE ${state} - `));
    expect(words.length).toBeLessThanOrEqual(255);
    expect(perfdata).toMatch(/^utilization=/);
    expect([more, text.split('|').length, text.includes('>')]).toEqual([[], 2, false]);
    expectGolden(`check-${name}.txt`, text);
  });

  it('grows with each -v, and never shows the first line twice', () => {
    const { report } = ofLanes(nearlyFull, busy);
    const figures = figuresOf(report, { isTraced: false, isNarrowed: false });
    const looked = { report, figures, thresholds: DEFAULTS, verdict: judge(figures, DEFAULTS, []), isNarrowed: false };
    const [none, one, two, three] = [0, 1, 2, 3].map((level) => checkDetails(looked, level));
    expect([none, one?.length]).toEqual([[], 2]);
    expect(two?.slice(0, one?.length)).toEqual(one);
    expect(three?.slice(0, two?.length)).toEqual(two);
    expect(three?.length).toBeGreaterThan(two?.length ?? 0);
  });

  it('cuts a sentence that is too long for the line', () => {
    const reason = 'a namespace could not be read, '.repeat(20);
    const [line = ''] = printed({ ...ofLanes(busy), unread: [reason] }).split(' | ');
    expect(line).toMatch(/^FOURTUPLE UNKNOWN - a namespace .*\.\.\.$/);
    expect(line).toHaveLength(255);
  });
});
