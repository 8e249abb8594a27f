import { describe, expect, it } from 'vitest';
import { laneReport, namespaceReport, processReport } from '../../../test/kit/reports.ts';
import { ruleScene } from '../../../test/kit/rule-scenes.ts';
import type { BlockerReport, LaneReport } from '../report.ts';
import { sharedPool } from './shared-pool.ts';

const ENVOY = [processReport(811, 'envoy', 5_000)];

function pool(address: string, count: number, more: Partial<BlockerReport> = {}): BlockerReport {
  const ports = `40001-${40_000 + count}`;
  return { kind: 'bound-before-connect', address, ports, count, processes: ENVOY, ...more };
}

/** @param size of the range, which begins at 32768 */
function examine(blockers: readonly BlockerReport[], lanes: readonly LaneReport[] = [], size = 28_232) {
  const { ports } = namespaceReport(lanes);
  const scene = ruleScene(lanes, { in: { ports: { ...ports, size, high: 32_767 + size, blockers } } });
  return [...sharedPool.examine(scene)];
}

const lane = (port: number, states: Readonly<Record<string, number>>) =>
  laneReport(['10.0.0.5', '10.0.1.9', port], states, { pool: 'source' });

describe('a shared pool', () => {
  it('is told with its process, its address and its ports', () => {
    const lanes = [lane(9001, { ESTABLISHED: 3_000 }), lane(9002, { ESTABLISHED: 2_000 })];
    const [finding, ...others] = examine([pool('10.0.0.5', 5_000)], lanes);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      severity: 'info',
      lane: lanes[0],
      summary:
        'Sockets of envoy 811 that are bound to 10.0.0.5 before they connect, without IP_BIND_ADDRESS_NO_PORT, hold 5,000 of 28,232 ports: all destinations of 10.0.0.5 share these, and connect() skips them for every other lane.',
      evidence: { source: '10.0.0.5', ports: 5_000, lanes: 2, rangeSize: 28_232 },
    });
    expect(finding?.remedies.map(({ id }) => id)).toContain('bind-address-no-port');
  });

  it('in TIME_WAIT belongs to nobody', () => {
    const [finding] = examine([pool('10.0.0.5', 500, { processes: [] })], [lane(9001, { TIME_WAIT: 500 })]);
    expect(finding?.summary).toBe(
      'Sockets that are bound to 10.0.0.5 before they connect, without IP_BIND_ADDRESS_NO_PORT, hold 500 of 28,232 ports (all in TIME_WAIT, so that no process owns them): all destinations of 10.0.0.5 share these, and connect() skips them for every other lane.',
    );
  });

  it('of each address is told by itself', () => {
    const findings = examine([pool('10.0.0.5', 100), pool('10.0.0.6', 200)]);
    expect(findings.map(({ evidence }) => evidence.source)).toEqual(['10.0.0.5', '10.0.0.6']);
  });

  it.each([
    [7_057, 'info'],
    [7_058, 'warning'],
  ])('of %i ports is %s', (count, severity) => {
    expect(examine([pool('10.0.0.5', count)])).toMatchObject([{ severity }]);
  });

  it.each([
    [99, 28_232, 0],
    [100, 28_232, 1],
    [49, 1_000, 0],
    [50, 1_000, 1],
    [9, 100, 0],
    [10, 100, 1],
  ])('of %i ports in a range of %i is told %i times', (count, size, times) => {
    expect(examine([pool('10.0.0.5', count)], [], size)).toHaveLength(times);
  });

  it('is none where ports are blocked by listeners and idle sockets', () => {
    expect(
      examine([pool('10.0.0.5', 500, { kind: 'listener' }), pool('10.0.0.5', 500, { kind: 'bound-idle' })]),
    ).toEqual([]);
  });
});
