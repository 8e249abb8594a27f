import { describe, expect, it } from 'vitest';
import { laneFactsLike, machineLike, situationLike } from '../../test/kit/machines.ts';
import { modelSustainableOpensPerSecond } from '../tcp/lane-model.ts';
import { moreDestinationAddresses } from './more-destination-addresses.ts';
import { moreDestinationPorts } from './more-destination-ports.ts';
import { moreSourceAddresses } from './more-source-addresses.ts';
import type { LaneFacts } from './remedy.ts';

const { model } = laneFactsLike();
const situation = (more: Partial<LaneFacts>, commandPrefix = '') =>
  situationLike({ lane: laneFactsLike(more), machine: machineLike({ commandPrefix }) });

describe.each([moreSourceAddresses, moreDestinationAddresses, moreDestinationPorts])('$id', (remedy) => {
  it('doubles the lanes, and with them what is sustained', () => {
    const doubled = remedy.predict(model, machineLike());
    expect(doubled).toEqual({ ...model, lanes: 2 });
    expect(modelSustainableOpensPerSecond(doubled)).toBeCloseTo(2 * modelSustainableOpensPerSecond(model));
  });

  it('is safe, and its texts name the lane’s own addresses and what must be filled in', () => {
    const { safe } = remedy.safety(situation({}));
    expect(safe).toBe(true);
    for (const name of ['nginx', 'haproxy', 'envoy', 'node']) {
      const instructions = remedy.byHand(situation({ program: { name, version: null } }));
      const text = instructions.find(({ where }) => where === name)?.text ?? '';
      expect(text).toContain(remedy === moreSourceAddresses ? '10.0.0.5' : '10.0.1.9');
      expect(text).toMatch(/NEW_ADDRESS|NEW_PORT/);
    }
  });

  it('gives at most four instructions where the program is not known', () => {
    const count = remedy.byHand(situation({ program: null })).length;
    expect(count).toBe(4);
  });
});

describe('more-source-addresses', () => {
  it('adds the address first, in the lane’s namespace', () => {
    const [first] = moreSourceAddresses.byHand(situation({}, 'ip netns exec web'));
    expect(first).toMatchObject({
      where: 'shell',
      text: 'ip netns exec web ip address add NEW_ADDRESS/PREFIX dev DEVICE',
    });
  });

  it('takes another loopback address as it is', () => {
    const lane = { source: '127.0.0.1', destination: '127.0.0.1', program: { name: 'nginx', version: null } };
    const instructions = moreSourceAddresses.byHand(situation(lane));
    expect(instructions.map(({ where }) => where)).toEqual(['nginx']);
    expect(instructions[0]?.text).toContain('*   127.0.0.2;');
  });

  it('needs the right to change the network', () => {
    expect(moreSourceAddresses.missing(machineLike({ capabilities: new Set() }))).toMatchObject([
      { kind: 'privilege' },
    ]);
    expect(moreSourceAddresses.missing(machineLike())).toEqual([]);
  });
});
