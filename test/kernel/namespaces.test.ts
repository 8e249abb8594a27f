import { beforeEach, describe, expect, it } from 'vitest';
import type { NamespaceReport } from '../../src/diagnosis/report.ts';
import { timeWait } from '../kit/closings.ts';
import { hold, serve } from '../kit/connections.ts';
import { ip } from '../kit/ip-command.ts';
import { createNamespace, currentNamespace, enter, inside, type NetworkNamespace } from '../kit/network-namespace.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { settled } from '../kit/socket-statistics.ts';
import { reservePorts, setPortRange } from '../kit/sysctl.ts';
import { laneOf, laneTo } from './agreement.ts';
import { observe } from './observe.ts';

const NAME = laneTo({ address: '127.0.0.1', port: 9000 }, '127.0.0.1');

describe('two namespaces with the same addresses', () => {
  usesPrivateNamespace();
  let other: NetworkNamespace;

  beforeEach(async () => {
    other = createNamespace();
    setPortRange(40_000, 40_099);
    hold(30, serve('127.0.0.1', 9000));
    inside(other, () => {
      setPortRange(50_000, 50_199);
      reservePorts('50000-50009');
      const to = serve('127.0.0.1', 9000);
      hold(11, to);
      timeWait(5, to);
    });
    const here = currentNamespace();
    enter(other);
    await settled();
    enter(here);
  });

  it('are counted apart', async () => {
    const here = currentNamespace();
    const first = await observe();
    enter(other);
    const second = await observe();
    expect(await observe({ namespace: here })).toMatchObject({ ports: first.ports, totals: first.totals });
    enter(here);
    const third = await observe();
    expect(await observe({ namespace: other })).toMatchObject({ ports: second.ports, totals: second.totals });
    for (const census of [first, third]) {
      expect(census.ports).toMatchObject({ low: 40_000, high: 40_099, usable: 100 });
      expect(census.totals).toMatchObject({ lanes: 1, used: 30, timeWait: 0 });
      expect(laneOf(census, NAME)).toMatchObject({ slots: 100, used: 30, live: 30, free: 70 });
    }
    expect(second.ports).toMatchObject({ low: 50_000, high: 50_199, reserved: 10, usable: 190 });
    expect(second.totals).toMatchObject({ lanes: 1, used: 16, timeWait: 5 });
    expect(laneOf(second, NAME)).toMatchObject({ slots: 190, used: 16, live: 11 });
  });

  it('are counted apart at the same time', async () => {
    const { inode } = currentNamespace();
    const [first, second, third] = await Promise.all([observe(), observe({ namespace: other }), observe()]);
    expect(currentNamespace().inode).toBe(inode);
    expect(third?.totals).toMatchObject({ used: 30 });
    expect(first?.totals).toMatchObject({ used: 30 });
    expect(second?.totals).toMatchObject({ used: 16 });
    expect(second?.ports).toMatchObject({ low: 50_000, reserved: 10 });
  });

  it('have each their own names of interfaces', async () => {
    const name = (link: string): void => {
      ip(`link add ${link} type veth peer name ${link}-end`);
      ip(`address add 10.0.0.5/24 dev ${link}`);
      ip(`link set ${link} up`);
      ip(`link set ${link}-end up`);
      hold(2, serve('10.0.0.5', 9001), { device: link });
    };
    name('here');
    inside(other, () => name('there'));
    const devices = ({ lanes }: NamespaceReport) =>
      lanes.filter(({ port }) => port === 9001).map(({ device }) => device);
    expect(devices(await observe())).toEqual(['here']);
    expect(devices(await observe({ namespace: other }))).toEqual(['there']);
  });
});
