import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { timeWait } from '../kit/closings.ts';
import { type ClientOptions, hold, type Server, serve, tryConnection } from '../kit/connections.ts';
import { fillUntilRefused, fillWithTimeWait } from '../kit/fill.ts';
import { needsSysctl } from '../kit/kernel-version.ts';
import { addAddress, joinTo } from '../kit/links.ts';
import { createNamespace, inside, type NetworkNamespace } from '../kit/network-namespace.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { readSysctl, setPortRange, writeSysctl } from '../kit/sysctl.ts';
import { countedLane, expectFreeIsWhatIsTaken, type LaneName, laneTo } from './agreement.ts';
import { observe } from './observe.ts';

/** Kernels without the setting wait for the second full second of the clock. */
const OLDER_THAN_A_SECOND = existsSync('/proc/sys/net/ipv4/tcp_tw_reuse_delay') ? 1_200 : 2_100;

/** A lane full of TIME_WAIT that is old. */
async function fullOfOld(to: Server, options: ClientOptions = {}): Promise<void> {
  setPortRange(40_000, 40_099);
  withoutReuse(() => expect(fillWithTimeWait(to, options)).toBe(100));
  await sleep(OLDER_THAN_A_SECOND);
}

/** On a machine that is busy the first sockets may be old before the last ones are closed. */
function withoutReuse(run: () => void): void {
  const value = readSysctl('ipv4.tcp_tw_reuse');
  writeSysctl('ipv4.tcp_tw_reuse', 0);
  run();
  writeSysctl('ipv4.tcp_tw_reuse', value);
}

async function expectReclaimable(to: Server, name: LaneName, options: ClientOptions = {}): Promise<void> {
  expect(await countedLane(name)).toMatchObject({ used: 100, reclaimable: 100, free: 100, utilization: 0 });
  expect(fillUntilRefused(to, options)).toHaveLength(100);
  expect(await countedLane(name)).toMatchObject({ used: 100, live: 100, reclaimable: 0, free: 0 });
}

async function expectExhausted(to: Server, name: LaneName, options: ClientOptions = {}): Promise<void> {
  expect(await countedLane(name)).toMatchObject({ used: 100, reclaimable: 0, free: 0, utilization: 1 });
  expect(tryConnection(to, options)).toBe('EADDRNOTAVAIL');
}

describe('a lane full of TIME_WAIT under the default tcp_tw_reuse', () => {
  usesPrivateNamespace();

  it.each<[string, ClientOptions]>([
    ['127.0.0.1', {}],
    ['127.0.0.1', { mapped: true }],
    ['::1', {}],
  ])('is free again after a second, on loopback %s %o', async (address, options) => {
    const to = serve(address, 9000);
    await fullOfOld(to, options);
    await expectReclaimable(to, laneTo(to, address), options);
  });

  it('is free again where only one end is a loopback address', async () => {
    addAddress('lo', '10.0.0.5/32');
    const to = serve('127.0.0.1', 9000);
    await fullOfOld(to, { from: '10.0.0.5' });
    await expectReclaimable(to, laneTo(to, '10.0.0.5'), { from: '10.0.0.5' });
  });

  it('stays full between private addresses, even those of the loopback interface', async () => {
    addAddress('lo', '10.0.0.5/32');
    const to = serve('10.0.0.5', 9000);
    await fullOfOld(to);
    await expectExhausted(to, laneTo(to, '10.0.0.5'));
  });

  it('is free again between private addresses where the sockets are bound to the loopback interface', async () => {
    addAddress('lo', '10.0.0.5/32');
    const to = serve('10.0.0.5', 9000);
    await fullOfOld(to, { device: 'lo' });
    await expectReclaimable(to, laneTo(to, '10.0.0.5'), { device: 'lo' });
  });

  it('stays full without timestamps', async () => {
    writeSysctl('ipv4.tcp_timestamps', 0);
    const to = serve('127.0.0.1', 9000);
    await fullOfOld(to);
    await expectExhausted(to, laneTo(to, '127.0.0.1'));
  });

  it('stays full where tcp_tw_reuse is off', async () => {
    writeSysctl('ipv4.tcp_tw_reuse', 0);
    const to = serve('127.0.0.1', 9000);
    await fullOfOld(to);
    await expectExhausted(to, laneTo(to, '127.0.0.1'));
  });

  it('is free again between private addresses where tcp_tw_reuse is on and both are this machine', async () => {
    addAddress('lo', '10.0.0.5/32');
    writeSysctl('ipv4.tcp_tw_reuse', 1);
    const to = serve('10.0.0.5', 9000);
    await fullOfOld(to);
    await expectReclaimable(to, laneTo(to, '10.0.0.5'));
  });
});

describe('tcp_tw_reuse_delay', () => {
  usesPrivateNamespace();
  needsSysctl('ipv4.tcp_tw_reuse_delay');

  it('decides from which age on TIME_WAIT is free', async () => {
    const to = serve('127.0.0.1', 9000);
    await fullOfOld(to);
    writeSysctl('ipv4.tcp_tw_reuse_delay', 30_000);
    await expectExhausted(to, laneTo(to, '127.0.0.1'));
    writeSysctl('ipv4.tcp_tw_reuse_delay', 500);
    await expectReclaimable(to, laneTo(to, '127.0.0.1'));
  });

  it('parts a lane in what is old enough and what is not', async () => {
    setPortRange(40_000, 40_099);
    writeSysctl('ipv4.tcp_tw_reuse_delay', 5_000);
    const to = serve('127.0.0.1', 9000);
    timeWait(60, to);
    await sleep(5_200);
    withoutReuse(() => timeWait(10, to));
    expect(await countedLane(laneTo(to, '127.0.0.1'))).toMatchObject({ used: 70, reclaimable: 60, free: 90 });
    expect(fillUntilRefused(to)).toHaveLength(90);
    const states = { ESTABLISHED: 90, TIME_WAIT: 10 };
    expect(await countedLane(laneTo(to, '127.0.0.1'))).toMatchObject({ used: 100, reclaimable: 0, free: 0, states });
  });
});

describe('tcp_tw_reuse towards another machine', () => {
  usesPrivateNamespace();

  function wired(): { readonly to: Server; readonly other: NetworkNamespace } {
    const other = createNamespace();
    joinTo(other, { link: 'near', addresses: ['10.77.0.1/24'] }, { link: 'far', addresses: ['10.77.0.2/24'] });
    writeSysctl('ipv4.tcp_tw_reuse', 1);
    setPortRange(40_000, 40_099);
    return { to: inside(other, () => serve('10.77.0.2', 80)), other };
  }

  it('is not known to apply while no live connection shows timestamps', async () => {
    const { to } = wired();
    await fullOfOld(to);
    const lane = await countedLane(laneTo(to, '10.77.0.1'));
    expect(lane).toMatchObject({ used: 100, live: 0, reclaimable: null, free: null, utilization: null });
  });

  it('is known to apply by one live connection to the same machine', async () => {
    const { to, other } = wired();
    hold(
      1,
      inside(other, () => serve('10.77.0.2', 81)),
    );
    await fullOfOld(to);
    await expectReclaimable(to, laneTo(to, '10.77.0.1'));
  });

  it('is known not to apply where the other machine has no timestamps', async () => {
    const { to, other } = wired();
    inside(other, () => writeSysctl('ipv4.tcp_timestamps', 0));
    hold(
      1,
      inside(other, () => serve('10.77.0.2', 81)),
    );
    await fullOfOld(to);
    await expectExhausted(to, laneTo(to, '10.77.0.1'));
  });

  it('is known not to apply where this machine has no timestamps, even without a live connection', async () => {
    writeSysctl('ipv4.tcp_timestamps', 0);
    const { to } = wired();
    await fullOfOld(to);
    await expectExhausted(to, laneTo(to, '10.77.0.1'));
  });

  it('leaves free what was never used, whether or not it applies', async () => {
    const { to } = wired();
    hold(40, to);
    await expectFreeIsWhatIsTaken(to, laneTo(to, '10.77.0.1'));
    expect((await observe()).totals).toMatchObject({ used: 100, live: 100 });
  });
});
