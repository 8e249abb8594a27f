import { describe, expect, it } from 'vitest';
import { diagnosed } from '../../../test/kit/diagnosed.ts';
import { expectGolden } from '../../../test/kit/golden.ts';
import { machineLike } from '../../../test/kit/machines.ts';
import { laneReport, namespaceReport, processReport, reportOf } from '../../../test/kit/reports.ts';
import type { LaneReport, Report } from '../../diagnosis/report.ts';
import { renderDiagnosis } from './doctor-text.ts';
import type { Screen } from './screen.ts';

const haproxy = processReport(811, 'haproxy', 120, 'haproxy.service');

const forecast: Partial<LaneReport> = {
  ...{ reuse: false, cliffAt: 14_116, secondsToCliff: 0, opensPerSecond: 463, holdSeconds: 0.003 },
  rates: { second: 470, tenSeconds: 463, minute: null },
  network: {
    ...{ samples: 20, isPrivate: true, roundTripSeconds: 0.000_2, roundTripVarianceSeconds: 0.000_1 },
    ...{
      retransmitTimeoutSeconds: 0.2,
      segmentsSent: 4_000,
      retransmittedShare: 0,
      reorderedShare: 0,
      timestampsShare: 1,
      bytesPerConnection: 812,
    },
  },
};

const exhausted = laneReport(
  ['10.0.0.5', '10.0.1.9', 8080],
  { ESTABLISHED: 20, TIME_WAIT: 28_211 },
  { ...forecast, processes: [haproxy], secondsToExhaustion: 0 },
);
const closed = laneReport(
  ['10.0.0.5', '10.0.1.8', 6379],
  { TIME_WAIT: 28_231 },
  { ...forecast, opensPerSecond: null, holdSeconds: null, network: null, secondsToExhaustion: 0 },
);
const exhausting = laneReport(
  ['10.0.0.5', '10.0.1.7', 8080],
  { ESTABLISHED: 30, TIME_WAIT: 12_000 },
  { ...forecast, secondsToCliff: 3.5, secondsToExhaustion: 33, opensPerSecond: 600, processes: [haproxy] },
);
const leaking = laneReport(
  ['10.0.0.5', '10.0.1.6', 5432],
  { ESTABLISHED: 20, CLOSE_WAIT: 4_100 },
  { reuse: false, processes: [processReport(900, 'worker', 4_120)] },
);
const healthy = laneReport(['10.0.0.5', '10.0.1.5', 443], { ESTABLISHED: 12 }, { processes: [haproxy] });
const manyLanes = Array.from({ length: 30 }, (_, index) => ({ ...exhausted, destination: `10.0.2.${index + 1}` }));

const REPORTS: Readonly<Record<string, Report>> = {
  healthy: reportOf([namespaceReport([healthy])]),
  quiet: reportOf([namespaceReport([])]),
  exhausted: reportOf([namespaceReport([exhausted, healthy])]),
  closed: reportOf([namespaceReport([closed])]),
  exhausting: reportOf([namespaceReport([exhausting])]),
  leaking: reportOf([namespaceReport([leaking])]),
  many: reportOf([namespaceReport(manyLanes)]),
  namespaces: reportOf([
    namespaceReport([healthy]),
    namespaceReport([exhausting], {
      inode: 4_026_532_001,
      name: 'web',
      notes: ['A note that says what is not known.'],
    }),
  ]),
};

const SCREENS: Readonly<Record<string, Screen>> = {
  '80': { width: 80, colour: false, unicode: true },
  '120': { width: 120, colour: false, unicode: true },
  'ascii-120': { width: 120, colour: false, unicode: false },
};

describe('a diagnosis as text', () => {
  describe.each(Object.entries(REPORTS))('of a machine that is %s', (name, report) => {
    it.each(Object.entries(SCREENS))('on a screen of %s', (size, screen) => {
      const text = renderDiagnosis(diagnosed(report), screen, { full: false });
      expectGolden(`doctor-${name}-${size}.txt`, text);
      if (!screen.unicode) expect(text).toMatch(/^[\x20-\x7e\n]*$/);
    });
  });

  it('has every remedy in full where that is asked for', () => {
    const report = diagnosed(REPORTS.exhausted as Report);
    const screen = SCREENS['120'] as Screen;
    expectGolden('doctor-exhausted-full.txt', renderDiagnosis(report, screen, { full: true }));
  });

  it('has the command of fix first, and the plain ones as another way', () => {
    const machine = machineLike({ commandPrefix: 'ip netns exec proxy', fixFlags: '--netns proxy', tcpTimestamps: 0 });
    const report = diagnosed(REPORTS.exhausted as Report, { machine });
    const text = renderDiagnosis(report, SCREENS['120'] as Screen, { full: true });
    expect(text).toContain(
      [
        '       fourtuple fix tcp-tw-reuse --netns proxy --apply',
        '     or by hand:',
        '       ip netns exec proxy sysctl -w net.ipv4.tcp_timestamps=1',
        '       ip netns exec proxy sysctl -w net.ipv4.tcp_tw_reuse=1',
        '',
      ].join('\n'),
    );
    const ofCapture = diagnosed(REPORTS.exhausted as Report, { machine: machineLike({ fixFlags: null }) });
    expect(renderDiagnosis(ofCapture, SCREENS['120'] as Screen, { full: true })).not.toMatch(/fourtuple fix|by hand:/);
  });

  it('differs on a terminal with colours only by the colours', () => {
    const report = diagnosed(REPORTS.exhausted as Report);
    const screen = SCREENS['80'] as Screen;
    const coloured = renderDiagnosis(report, { ...screen, colour: true }, { full: true });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what colours are made of
    const bare = coloured.replace(/\u001b\[\d+m/g, '');
    expect(coloured).not.toBe(bare);
    expect(bare).toBe(renderDiagnosis(report, screen, { full: true }));
  });

  it('tells no control character of a hostile name', () => {
    const hostile = { ...exhausted, processes: [processReport(1, 'a\\x1b[2Jb', 1)] };
    const text = renderDiagnosis(diagnosed(reportOf([namespaceReport([hostile])])), SCREENS['80'] as Screen, {
      full: true,
    });
    expect(text).not.toContain('\u001b');
  });
});
