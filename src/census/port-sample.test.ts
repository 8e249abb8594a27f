import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../test/kit/port-choice.ts';
import { lane, listener, ports, type Scene, scanOf } from '../../test/kit/scans.ts';
import { parsePortRange } from '../tcp/port-range.ts';
import { findBlockedPorts } from './blocked-ports.ts';
import { type PortSample, samplePorts } from './port-sample.ts';

const RANGE = parsePortRange('10000-60000');

/** Samples a scene whose kernel skips some ports. */
function sample(scene: Scene, isBlocked: (port: number) => boolean | null, seed = 1) {
  const scan = scanOf({ range: RANGE, ...scene });
  const asked: number[] = [];
  const question = (port: number): boolean | null => {
    asked.push(port);
    return isBlocked(port);
  };
  const census = { scan, blocked: findBlockedPorts(scan) };
  return { sample: samplePorts(census, question, seededRandom(seed)), asked };
}

/** Lanes that hold every second port from 10000 on. */
const held = (count: number) => lane('10.0.0.5', '10.0.1.9', 80, ports(10_000, 10_000 + 2 * (count - 1), 2));
const none: PortSample = { held: 0, asked: 0, blocked: 0, examples: [] };

describe('the sample of ports', () => {
  it('is empty where no port is held', () => {
    expect(sample({ sockets: [] }, () => true)).toEqual({ sample: none, asked: [] });
  });

  it('has each port that is held, where they are few', () => {
    const { sample: found, asked } = sample({ sockets: held(120) }, (port) => port === 10_004 || port === 10_010);
    expect(found).toEqual({ held: 120, asked: 120, blocked: 2, examples: [10_004, 10_010] });
    expect(new Set(asked)).toEqual(new Set(ports(10_000, 10_238, 2)));
  });

  it('asks once about a port that several lanes hold', () => {
    const sockets = [...held(10), ...lane('10.0.0.5', '10.0.1.8', 80, [10_000, 10_002])];
    expect(sample({ sockets }, () => false)).toMatchObject({ sample: { held: 10, asked: 10, blocked: 0 } });
  });

  it('leaves out ports that a visible socket blocks, reserved ones and those outside the range', () => {
    const sockets = [
      listener('10.0.0.7', 10_000),
      ...lane('10.0.0.5', '10.0.1.9', 80, [9_998, 10_000, 10_002, 10_004]),
    ];
    expect(sample({ sockets, reserved: [10_002] }, () => true)).toEqual({
      sample: { held: 1, asked: 1, blocked: 1, examples: [10_004] },
      asked: [10_004],
    });
  });

  it('is 200 of many ports, different ones and all alike', () => {
    const { sample: found, asked } = sample({ sockets: held(20_000) }, () => false);
    expect(found).toEqual({ held: 20_000, asked: 200, blocked: 0, examples: [] });
    expect(new Set(asked).size).toBe(200);
    const low = asked.filter((port) => port < 30_000).length;
    expect(Math.abs(low - 100)).toBeLessThan(40);
  });

  it('goes on where a port is blocked until it has five, and no further than 1,000', () => {
    const rare = sample({ sockets: held(20_000) }, (port) => port % 200 === 0).sample;
    expect(rare?.asked).toBeGreaterThan(200);
    expect(rare?.asked).toBeLessThanOrEqual(1_000);
    expect(rare?.examples).toHaveLength(Math.min(5, rare?.blocked ?? 0));
    const first: number[] = [];
    const single = sample({ sockets: held(20_000) }, (port) => {
      first.push(port);
      return port === first[0];
    }).sample;
    expect(single).toEqual({ held: 20_000, asked: 1_000, blocked: 1, examples: [first[0]] });
  });

  it('estimates how many ports are blocked', () => {
    const estimates = [1, 2, 3, 4, 5].map((seed) => {
      const found = sample({ sockets: held(20_000) }, (port) => port % 10 === 0, seed).sample as PortSample;
      return (found.blocked / found.asked) * found.held;
    });
    const mean = estimates.reduce((sum, estimate) => sum + estimate, 0) / estimates.length;
    // A fifth of 20,000: a sample of 1,000 has a standard deviation of 6.3 % of it.
    expect(Math.abs(mean / 4_000 - 1)).toBeLessThan(0.25);
  });

  it('is null where the kernel cannot be asked', () => {
    expect(sample({ sockets: held(10) }, () => null)).toMatchObject({ sample: null, asked: { length: 1 } });
  });
});
