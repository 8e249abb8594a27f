import { describe, expect, it } from 'vitest';
import { fleetLane, fleetReport, machineReport } from '../../../test/kit/fleet-reports.ts';
import { expectGolden } from '../../../test/kit/golden.ts';
import type { FleetReport } from '../fleet/fleet-report.ts';
import { renderFleet } from './fleet-text.ts';
import type { Screen } from './screen.ts';

const exhausted = fleetLane(
  { ESTABLISHED: 120, TIME_WAIT: 28_112 },
  { opensPerSecond: 447.2, secondsToCliff: 0, secondsToExhaustion: 0, settles: false, refusedConnects: 312.4 },
);
const soon = fleetLane(
  { ESTABLISHED: 120, TIME_WAIT: 21_000 },
  { opensPerSecond: 612, destination: '10.0.1.8', secondsToCliff: 0, secondsToExhaustion: 33.2, settles: false },
);
const past = fleetLane(
  { ESTABLISHED: 15_000, TIME_WAIT: 2_000 },
  { opensPerSecond: 33, secondsToCliff: 0, settles: true, namespace: 'web' },
);
const small = fleetLane(
  { ESTABLISHED: 40 },
  { opensPerSecond: 0.4, settles: true, source: '2001:db8::5', destination: '2001:db8:1::9', port: 443 },
);
const doubtful = fleetLane({ TIME_WAIT: 27_000 }, { free: null });

const REPORTS: Readonly<Record<string, FleetReport>> = {
  all: fleetReport(
    [
      machineReport('proxy-17', 'refusing', {
        refusedConnects: 312.4,
        lanes: [exhausted, soon],
        findings: [
          { code: 'lane-exhausted', severity: 'critical', count: 1 },
          { code: 'lane-exhausting', severity: 'critical', count: 2 },
          { code: 'short-connections', severity: 'warning', count: 1 },
          { code: 'folk-settings', severity: 'info', count: 1 },
        ],
      }),
      machineReport('proxy-3', 'exhausted', { lanes: [{ ...exhausted, refusedConnects: 0 }] }),
      machineReport('a-proxy-with-a-long-name.eu-west-1', 'exhausting', {
        lanes: [{ ...soon, secondsToExhaustion: 1_830 }],
        findings: [{ code: 'lane-exhausting', severity: 'warning', count: 1 }],
      }),
      machineReport('proxy-4', 'past-cliff', { lanes: [past, { ...small, secondsToCliff: 200 }] }),
      machineReport('proxy-5', 'finding', {
        lanes: [doubtful],
        findings: [{ code: 'lane-exhausted', severity: 'warning', count: 1 }],
      }),
      machineReport('db-1', 'stale', { lanes: [small], sampleAgeSeconds: 754 }),
      machineReport('db-2', 'stale', { sampleAgeSeconds: -3_700, refusedConnects: 0.2 }),
      machineReport('db-3', 'stale', { sampleAgeSeconds: null }),
      machineReport('db-4', 'down', { sampleAgeSeconds: null, lanesExhausted: null, lanesPastCliff: null }),
    ],
    { down: 2, healthy: 2_989 },
    ['Prometheus warns: 1 of 12 stores is not reached'],
  ),
  healthy: fleetReport(
    [
      machineReport('proxy-1', 'healthy', {
        lanes: [fleetLane({ TIME_WAIT: 9_070 }, { settles: true, opensPerSecond: 150 })],
      }),
      machineReport('proxy-2', 'healthy', { lanes: [small] }),
      machineReport('proxy-3', 'healthy'),
    ],
    { healthy: 2_997 },
  ),
  unseen: fleetReport([machineReport('db-4', 'down', { sampleAgeSeconds: null })], { healthy: 1 }),
};

const NARROW: Screen = { width: 80, colour: false, unicode: true };
const WIDE: Screen = { width: 120, colour: false, unicode: true };
const ASCII: Screen = { width: 120, colour: false, unicode: false };

describe('a fleet as text', () => {
  it.each(Object.entries(REPORTS))('is told: %s', (name, report) => {
    expectGolden(`fleet-${name}-80.txt`, renderFleet(report, NARROW));
    expectGolden(`fleet-${name}-120.txt`, renderFleet(report, WIDE));
    expectGolden(`fleet-${name}-ascii-120.txt`, renderFleet(report, ASCII));
  });

  it.each(Object.entries(REPORTS))('fits the screen: %s', (_name, report) => {
    for (const screen of [NARROW, WIDE, ASCII]) {
      const longest = Math.max(
        ...renderFleet(report, screen)
          .split('\n')
          .map(({ length }) => length),
      );
      expect(longest).toBeLessThanOrEqual(screen.width);
    }
    expect(renderFleet(report, ASCII)).toMatch(/^[\n -~]*$/);
  });

  it('is the same in colours', () => {
    for (const report of Object.values(REPORTS)) {
      const coloured = renderFleet(report, { ...WIDE, colour: true });
      expect(coloured).toContain('\u001b[');
      // biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one
      expect(coloured.replaceAll(/\u001b\[\d+m/g, '')).toBe(renderFleet(report, WIDE));
    }
  });

  it('names no host that a shell would not take as it stands', () => {
    const machine = (instance: string, namespace = 'host') =>
      fleetReport([machineReport('a', 'exhausted', { labels: { instance }, lanes: [{ ...exhausted, namespace }] })]);
    expect(renderFleet(machine('proxy-1.core:10404'), WIDE)).toContain('\nnext: ssh proxy-1.core fourtuple doctor\n');
    expect(renderFleet(machine('[2001:db8::5]:1'), WIDE)).toContain('\nnext: ssh 2001:db8::5 fourtuple doctor\n');
    expect(renderFleet(machine('a', 'web'), WIDE)).toContain('\nnext: ssh a fourtuple doctor --netns web\n');
    expect(renderFleet(machine('a', 'net:[4026532001]'), WIDE)).toContain('\nnext: ssh a fourtuple doctor --all\n');
    for (const odd of ['-oProxyCommand=x', 'a;b', '$(x)', '']) {
      expect(renderFleet(machine(odd), WIDE)).not.toContain('next:');
    }
  });

  it('does nothing to a terminal, whatever labels hold', () => {
    const text = renderFleet(
      fleetReport([
        machineReport('a\u001b[2Jb\u202e', 'exhausted', { lanes: [{ ...exhausted, namespace: '\u0007' }] }),
      ]),
      WIDE,
    );
    for (const sign of ['\u001b', '\u202e', '\u0007']) expect(text).not.toContain(sign);
  });
});
