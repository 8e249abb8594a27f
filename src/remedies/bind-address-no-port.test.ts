import { describe, expect, it } from 'vitest';
import { laneFactsLike, machineLike, situationLike } from '../../test/kit/machines.ts';
import { PortSet } from '../tcp/port-set.ts';
import { bindAddressNoPort } from './bind-address-no-port.ts';

const { model } = laneFactsLike();

describe('bind-address-no-port', () => {
  it('gives a lane all ports of the range that are neither reserved nor listened on', () => {
    const machine = machineLike({
      range: { low: 40_000, high: 40_099 },
      reserved: PortSet.of([40_001, 40_002, 50_000]),
      listening: [22, 40_000, 40_001, 40_099],
    });
    expect(bindAddressNoPort.predict({ ...model, slotsPerLane: 10 }, machine)).toEqual({ ...model, slotsPerLane: 96 });
  });

  it('takes no slot from a lane', () => {
    const wide = { ...model, slotsPerLane: 64_512 };
    expect(bindAddressNoPort.predict(wide, machineLike())).toEqual(wide);
  });

  it('needs Linux 4.2', () => {
    const missing = (major: number, minor: number) =>
      bindAddressNoPort.missing(machineLike({ kernel: { major, minor } }));
    expect(missing(4, 1)).toMatchObject([{ kind: 'kernel' }]);
    expect([missing(4, 2), missing(6, 18), bindAddressNoPort.missing(machineLike({ kernel: null }))]).toEqual([
      [],
      [],
      [],
    ]);
  });

  it('tells who writes another program what to write', () => {
    const lane = laneFactsLike({ program: { name: 'shadowsocks', version: null } });
    expect(bindAddressNoPort.byHand(situationLike({ lane })).map(({ where }) => where)).toEqual([
      'c',
      'nginx',
      'haproxy',
      'node',
    ]);
  });

  it('gives Envoy the option by its number, with the lane’s source', () => {
    const lane = laneFactsLike({ program: { name: 'envoy', version: null } });
    const [{ text } = { text: '' }] = bindAddressNoPort.byHand(situationLike({ lane }));
    expect(text).toContain('source_address: { address: "10.0.0.5", port_value: 0 }');
    expect(text).toContain('level: 0, name: 24, int_value: 1, state: STATE_PREBIND');
  });
});
