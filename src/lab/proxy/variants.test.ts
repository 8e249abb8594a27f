import { expect, it } from 'vitest';
import { machineLike } from '../../../test/kit/machines.ts';
import type { Host } from '../host.ts';
import { haproxy } from './haproxy.ts';
import { nginx } from './nginx.ts';
import { relay } from './relay.ts';
import type { Reached } from './site.ts';
import { lanesOf, possibleVariants, VARIANTS } from './variants.ts';

const reached = (...addresses: [string, string]): Reached => ({ host: {} as Host, addresses });
const proxy = reached('10.0.0.1', '10.0.0.2');
const backends = [reached('10.0.1.1', '10.0.2.1'), reached('10.0.1.2', '10.0.2.2')];

it('gives the proxy as it is a lane to each backend', () => {
  expect(lanesOf(VARIANTS[0], proxy, backends)).toEqual([
    { source: null, destination: '10.0.1.1', port: 9_000 },
    { source: null, destination: '10.0.1.2', port: 9_000 },
  ]);
});

it.each(VARIANTS)('gives as many lanes as $change makes, no two the same', (variant) => {
  const lanes = lanesOf(variant, proxy, backends).map((lane) => JSON.stringify(lane));
  expect(lanes).toHaveLength(2 * variant.sources * variant.addresses * variant.ports);
  expect(new Set(lanes).size).toBe(lanes.length);
});

it('names each host once', () => {
  expect(new Set(VARIANTS.map(({ host }) => host)).size).toBe(VARIANTS.length);
});

it('leaves out what a program or a kernel cannot do', () => {
  const changes = (program: typeof nginx, machine = machineLike()) =>
    possibleVariants(program, machine).map(({ change }) => change);
  expect(changes(haproxy)).toHaveLength(VARIANTS.length);
  expect(changes(nginx)).not.toContain('backends close first');
  expect(changes(relay)).not.toContain('connections kept');
  expect(changes(haproxy, machineLike({ kernel: { major: 5, minor: 15 } }))).not.toContain('TIME_WAIT recycled');
  expect(changes(haproxy, machineLike({ capabilities: new Set() }))).toHaveLength(VARIANTS.length);
});
