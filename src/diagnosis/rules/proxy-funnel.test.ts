import { describe, expect, it } from 'vitest';
import { laneReport, processReport } from '../../../test/kit/reports.ts';
import { ruleScene } from '../../../test/kit/rule-scenes.ts';
import type { LaneReport, NamespaceReport, ProcessReport } from '../report.ts';
import type { Finding } from '../rule.ts';
import type { InboundUse } from '../scene.ts';
import { proxyFunnel } from './proxy-funnel.ts';

const HAPROXY = processReport(811, 'haproxy', 900);
const SLOTS = 28_000;
const PORTS = { low: 32_768, high: 60_999, size: 28_232, reserved: 232, blocked: 0, usable: SLOTS, blockers: [] };

function inbound(clients: number, processes: readonly ProcessReport[] = [HAPROXY], port = 443): InboundUse {
  return { address: '10.0.0.5', port, connections: 9_000, timeWait: 0, clients, processes };
}

function lane(backend: number, used: number, more: Partial<LaneReport> = {}): LaneReport {
  const ends = ['10.0.0.5', `10.0.1.${backend}`, 8080] as const;
  return laneReport(ends, { ESTABLISHED: used }, { slots: SLOTS, processes: [HAPROXY], ...more });
}

function timeWaitLane(backend: number, used: number): LaneReport {
  return laneReport(['10.0.0.5', `10.0.1.${backend}`, 8080], { TIME_WAIT: used }, { slots: SLOTS });
}

function examine(
  use: readonly InboundUse[] | null,
  lanes: readonly LaneReport[],
  more: Partial<NamespaceReport> = {},
): Finding[] {
  return [...proxyFunnel.examine(ruleScene(lanes, { inbound: use, in: { ports: PORTS, ...more } }))];
}

describe('a proxy that has fewer lanes to its backends than its clients have to it', () => {
  it('cuts four clients and two backends to a half', () => {
    const [finding, ...others] = examine([inbound(4)], [lane(1, 7_000), lane(2, 6_999)]);
    expect(others).toEqual([]);
    expect(finding?.summary).toBe(
      'haproxy 811 is reached over 4 lanes and goes on over 2: it cuts what its clients can have open at once to a half (56,000 of 112,000 connections), and 10.0.0.5>10.0.1.1:8080 uses 25.0% of its slots.',
    );
    expect(finding).toMatchObject({
      severity: 'info',
      lane: { destination: '10.0.1.1' },
      evidence: { clients: 4, inboundLanes: 4, outboundLanes: 2, ownLanes: 2, factor: 0.5 },
    });
    expect(finding?.explanation).toContain('Clients are assumed to have as many ports as this machine.');
    expect(finding?.remedies.map(({ id }) => id)).toEqual([
      ...['more-destination-addresses', 'more-destination-ports', 'more-source-addresses'],
      ...['spread-sources', 'spread-destinations', 'keep-connections'],
    ]);
  });

  it.each([
    [3, 1, 'a third'],
    [8, 2, 'a quarter'],
    [3, 2, '66.7%'],
    [40, 2, '5.0%'],
  ])('cuts %i clients and %i backends to %3$s', (clients, backends, factor) => {
    const lanes = Array.from({ length: backends }, (_, backend) => lane(backend, 9_000));
    expect(examine([inbound(clients)], lanes)[0]?.summary).toContain(` to ${factor} (`);
  });

  it('is a warning from half a lane on', () => {
    expect(examine([inbound(4)], [lane(1, 14_000), lane(2, 10)])).toMatchObject([{ severity: 'warning' }]);
  });

  it('counts the lanes to all of its listeners', () => {
    const [finding] = examine([inbound(4), inbound(2, [HAPROXY], 80)], [lane(1, 9_000), lane(2, 9_000)]);
    expect(finding?.evidence).toMatchObject({ clients: 4, inboundLanes: 6, factor: 0.333333 });
  });

  it('has the slots of a shared pool once, however many lanes it is for', () => {
    const pool = { pool: 'source' as const };
    const [finding] = examine([inbound(4)], [lane(1, 9_000, pool), lane(2, 9_000, pool)]);
    expect(finding?.evidence).toMatchObject({ outboundLanes: 2, outboundSlots: SLOTS, factor: 0.25 });
  });

  it.each([
    ['one unit', 'app', 'web.service'],
    ['known workers', 'nginx', null],
  ])('is one of several processes: %s', (_, name, unit) => {
    const [master, worker] = [processReport(700, name, 1, unit), processReport(701, name, 9_000, unit)];
    const lanes = [lane(1, 9_000, { processes: [worker] }), lane(2, 9_000, { processes: [worker] })];
    expect(examine([inbound(4, [master])], lanes)[0]?.summary).toMatch(new RegExp(`^${name} 701 is reached`));
  });

  it('may have the lanes that nobody owns: it is told that it cuts to that at most', () => {
    const [finding] = examine([inbound(8)], [lane(1, 100), timeWaitLane(2, 20_000)]);
    expect(finding).toMatchObject({
      severity: 'warning',
      lane: { destination: '10.0.1.2' },
      evidence: { outboundLanes: 2, ownLanes: 1, factor: 0.25 },
    });
    expect(finding?.summary).toContain('goes on over at most 2: it cuts');
    expect(finding?.summary).toContain('to at most a quarter');
  });
});

describe('nothing is said of', () => {
  const other = processReport(900, 'app', 10);
  it.each<[string, readonly InboundUse[] | null, readonly LaneReport[]]>([
    ['a proxy whose lanes are hardly used', [inbound(40)], [lane(1, 6_999), lane(2, 6_999)]],
    ['a proxy with as many lanes as its clients', [inbound(2)], [lane(1, 20_000), lane(2, 20_000)]],
    ['inbound connections that were not looked at', null, [lane(1, 20_000)]],
    ['listeners whose owners are not known', [inbound(4, [])], [lane(1, 20_000)]],
    ['lanes whose owners are not known', [inbound(4)], [timeWaitLane(1, 20_000)]],
    ['a server beside a client', [inbound(4)], [lane(1, 20_000, { processes: [other] })]],
    [
      'two programs of one interpreter',
      [inbound(4, [processReport(1, 'python3', 1)])],
      [lane(1, 20_000, { processes: [processReport(2, 'python3', 1)] })],
    ],
    [
      'a proxy, for a lane that may be of another one',
      [inbound(4), inbound(4, [other], 81)],
      [lane(1, 100), lane(2, 100, { processes: [other] }), timeWaitLane(3, 20_000)],
    ],
    ['a lane whose use is not known', [inbound(4)], [lane(1, 20_000, { utilization: null })]],
  ])('%s', (_, use, lanes) => {
    expect(examine(use, lanes)).toEqual([]);
  });

  it('a proxy that may have as many lanes as its clients among those that are not listed', () => {
    const lanes = [lane(1, 20_000)];
    expect(examine([inbound(40)], lanes)).toHaveLength(1);
    expect(examine([inbound(40)], lanes, { lanesOmitted: 39 })).toEqual([]);
  });
});
