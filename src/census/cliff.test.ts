import { describe, expect, it } from 'vitest';
import { censusOf, idle, lane, ports, type Scene } from '../../test/kit/scans.ts';
import type { Cliff } from './cliff.ts';

const SOURCE = '10.0.0.5';
const BACKEND = '10.0.1.9';
const to = (localPorts: Iterable<number>, more?: Parameters<typeof lane>[4]) =>
  lane(SOURCE, BACKEND, 80, localPorts, more);

function cliffOf(sockets: Scene['sockets'], scene: Partial<Scene> = {}, tcpTwReuse: number | null = 0): Cliff | null {
  const settings = { tcpTwReuse, tcpTwReuseDelaySeconds: 1, tcpTimestamps: 1 };
  return censusOf({ ...scene, sockets }, { settings, peerTimestamps: () => true }).cliff(0);
}

describe('the cliff', () => {
  it('is where all usable ports with the parity of the low end are taken', () => {
    expect(cliffOf(to(ports(40_000, 40_018, 2)))).toEqual({ at: 50, ahead: 40 });
    const fewer = { reserved: [40_090, 40_091], bound: [idle('10.0.0.7', 40_092), idle('10.0.0.7', 40_093)] };
    expect(cliffOf(to(ports(40_000, 40_018, 2)), fewer)).toEqual({ at: 48, ahead: 38 });
  });

  it('is behind when they are, and further off by what is held beside them', () => {
    const first = to(ports(40_000, 40_098, 2));
    expect(cliffOf(first)).toEqual({ at: 50, ahead: 0 });
    expect(cliffOf([...first, ...to(ports(40_001, 40_041, 2))])).toEqual({ at: 71, ahead: 0 });
  });

  it('is ahead again as far as connect() may take over what is in TIME_WAIT', () => {
    const young = to(ports(40_000, 40_018, 2), { leftMs: 59_500 });
    const old = to(ports(40_020, 40_098, 2), { leftMs: 30_000 });
    expect(cliffOf([...young, ...old], {}, 1)).toEqual({ at: 50, ahead: 40 });
    expect(cliffOf([...young, ...old], {}, null)).toEqual({ at: 50, ahead: null });
    expect(cliffOf([...young, ...old], {}, 0)).toEqual({ at: 50, ahead: 0 });
  });

  it('is none for sockets with IP_LOCAL_PORT_RANGE, which take ports of either parity', () => {
    expect(cliffOf(to(ports(40_010, 40_039)))).toBeNull();
    // What is left of the time past the cliff.
    expect(cliffOf(to([...ports(40_000, 40_038, 2), 40_001, 40_011, 40_021]))).toEqual({ at: 53, ahead: 30 });
  });

  it('is none for sockets that are bound before they connect', () => {
    expect(cliffOf(to(ports(40_001, 40_041, 2)))).toBeNull();
  });
});
