import { describe, expect, it } from 'vitest';
import { cgroupId } from '../../test/kit/inet-diag-encoder.ts';
import { censusOf, idle, lane, listener, ports, type Scene } from '../../test/kit/scans.ts';
import type { NamespaceCensus } from '../census/namespace-census.ts';
import type { FoundOwners } from '../census/owners.ts';
import { parseLanePattern } from '../tcp/lane-pattern.ts';
import { PortSet } from '../tcp/port-set.ts';
import type { NamespaceReport } from './report.ts';
import { type NamespaceReportOptions, reportNamespace } from './report-namespace.ts';

const SCENE: Scene = {
  sockets: [
    listener('0.0.0.0', 40_091, { inode: 90 }),
    ...lane('10.0.0.5', '10.0.1.9', 80, ports(40_000, 40_020, 2), { inode: 1, attributes: [cgroupId(7n)] }),
    ...lane('10.0.0.5', '10.0.1.9', 80, ports(40_030, 40_068, 2), { leftMs: 50_000 }),
    ...lane('10.0.0.5', '10.0.1.8', 80, [40_000, 40_002], { inode: 2 }),
    ...lane('10.0.0.6', '10.0.1.9', 443, [40_000], { leftMs: 59_000 }),
  ],
  bound: [idle('10.0.0.5', 40_093, { inode: 91 }), idle('10.0.0.5', 40_094, { inode: 91 })],
  reserved: [40_099, 50_000],
};
const settings = { tcpTwReuse: 0, tcpTwReuseDelaySeconds: 1, tcpTimestamps: 1 };
const NGINX = { pid: 811, name: 'nginx' };

function report(
  options: Partial<NamespaceReportOptions> & { owners?: Partial<FoundOwners>; notes?: string[] } = {},
): NamespaceReport & { asked: number[] } {
  const asked: number[] = [];
  const taken: NamespaceCensus = {
    census: censusOf(SCENE, { settings }),
    source: 'sock_diag',
    settings: {
      ...settings,
      portRange: { low: 40_000, high: 40_099 },
      reservedPorts: PortSet.of(SCENE.reserved ?? []),
      tcpMaxTwBuckets: 131_072,
      tcpFinTimeoutSeconds: null,
      unprivilegedPortStart: null,
    },
    counts: { inUse: 24, timeWait: 31 },
    durationSeconds: 0.01,
    kernelSeconds: 0.001,
    notes: options.notes ?? [],
  };
  const found = reportNamespace({ inode: 4_711, name: 'web', holder: null }, taken, {
    top: 20,
    timeWaitSeconds: 61,
    units: { ofProcess: (pid) => `unit-of-${pid}`, ofCgroup: (id) => (id === 0 ? null : `cgroup-${id}`) },
    findOwners: (inodes) => {
      asked.push(...inodes);
      return {
        of: (inode) => (inode === 2 || inode === 99 ? [] : [NGINX]),
        stopped: null,
        refused: null,
        ...options.owners,
      };
    },
    ...options,
  });
  return { ...found, asked };
}

describe('the report of a namespace', () => {
  it('names the namespace, where its sockets come from, and its settings', () => {
    expect(report()).toMatchObject({
      inode: 4_711,
      name: 'web',
      source: 'sock_diag',
      settings: { ...settings, tcpMaxTwBuckets: 131_072, tcpFinTimeoutSeconds: null, timeWaitSeconds: 61 },
    });
    expect(Object.keys(report().settings)).not.toContain('portRange');
  });

  it('has the ports of the range by what becomes of them, and who blocks', () => {
    expect(report().ports).toEqual({
      ...{ low: 40_000, high: 40_099, size: 100, reserved: 1, blocked: 3, usable: 96 },
      blockers: [
        {
          ...{ kind: 'bound-idle', address: '10.0.0.5', ports: '40093-40094', count: 2 },
          processes: [{ ...NGINX, sockets: 1, unit: 'unit-of-811' }],
        },
        {
          ...{ kind: 'listener', address: '0.0.0.0', ports: '40091', count: 1 },
          processes: [{ ...NGINX, sockets: 1, unit: 'unit-of-811' }],
        },
      ],
    });
  });

  it('has its lanes, the fullest first, with their owners and unit', () => {
    const { lanes, lanesOmitted } = report();
    expect(lanes[0]).toEqual({
      ...{ source: '10.0.0.5', destination: '10.0.1.9', port: 80, device: null, pool: 'lane', unit: 'cgroup-7' },
      ...{ slots: 96, used: 31, live: 11, reclaimable: 0, free: 65, utilization: 0.322917, opensPerSecond: 0 },
      states: { ESTABLISHED: 11, TIME_WAIT: 20 },
      ...{ rates: { second: 0, tenSeconds: 0, minute: 2 }, holdSeconds: null, reuse: false, network: null },
      ...{ cliffAt: 49, secondsToCliff: null, secondsToExhaustion: null, settlesAt: 0.114583 },
      processes: [{ ...NGINX, sockets: 11, unit: 'unit-of-811' }],
      ...{ attempts: null, refusals: null },
    });
    expect(lanes.map(({ used, unit, processes }) => [used, unit, processes.length])).toEqual([
      [31, 'cgroup-7', 1],
      [2, null, 0],
      [1, null, 0],
    ]);
    expect(lanesOmitted).toBe(0);
  });

  it('lists as many lanes as are wanted, of those that match, and counts the rest', () => {
    expect(report({ top: 1 })).toMatchObject({ lanes: [{ used: 31 }], lanesOmitted: 2 });
    expect(report({ top: 0 })).toMatchObject({ lanes: [], lanesOmitted: 3 });
    const pattern = parseLanePattern('*>10.0.1.9');
    expect(report({ top: 1, pattern })).toMatchObject({ lanes: [{ used: 31 }], lanesOmitted: 1 });
    expect(report({ pattern: parseLanePattern('10.9.9.9') })).toMatchObject({ lanes: [], lanesOmitted: 0 });
  });

  it('has totals over all lanes, also those that are not listed', () => {
    expect(report({ top: 0 }).totals).toEqual({
      ...{ lanes: 3, used: 34, live: 13, timeWait: 21 },
      ...{ outsideLanes: 20, timeWaitOutsideLanes: 10 },
    });
  });

  it('asks for the owners of what blocks ports first, and then of the lanes that it lists', () => {
    const blockers = (asked: number[]): number[] => asked.slice(0, 2).sort((a, b) => a - b);
    const all = report().asked;
    expect(blockers(all)).toEqual([90, 91]);
    expect(new Set(all.slice(2))).toEqual(new Set([1, 2]));
    expect(new Set(report({ top: 1 }).asked)).toEqual(new Set([90, 91, 1]));
    expect(new Set(report({ top: 0 }).asked)).toEqual(new Set([90, 91]));
  });

  it('says what is missing: of the census, and of the search for owners', () => {
    const owners = { stopped: 'It stopped.', refused: 'It was refused.' };
    expect(report({ notes: ['A note.'], owners }).notes).toEqual(['A note.', 'It stopped.', 'It was refused.']);
    // Where every live socket has an owner it does not matter who could not be asked.
    expect(report({ top: 1, notes: ['A note.'], owners }).notes).toEqual(['A note.', 'It stopped.']);
    expect(report({ owners: {} }).notes).toEqual([]);
  });
});
