import { describe, expect, it } from 'vitest';
import { timeWait } from '../kit/closings.ts';
import { type ClientOptions, hold, type Server, serve, tryConnection } from '../kit/connections.ts';
import { fillUntilRefused, fillWithTimeWait } from '../kit/fill.ts';
import { needsSysctl } from '../kit/kernel-version.ts';
import { addAddress, joinTo } from '../kit/links.ts';
import { createNamespace, inside, type NetworkNamespace } from '../kit/network-namespace.ts';
import { type Scene, usesScenes } from '../kit/scenes.ts';
import { readSysctl, setPortRange, writeSysctl } from '../kit/sysctl.ts';
import { countedLane, expectFreeIsWhatIsTaken, type LaneName, laneTo } from './agreement.ts';
import { observe } from './observe.ts';

/** More than the second that the kernel waits by default; kernels before 6.14 wait for the second full one of the clock. */
const WAIT_MS = 2_200;

const scenes: Scene[] = [];
const goTo = usesScenes(scenes, WAIT_MS);

/** A test in two parts: what it prepares has grown old when its check comes. */
function later<T>(name: string, prepare: () => T, check: (prepared: T) => Promise<void>): void {
  let prepared: { readonly value: T } | undefined;
  const scene: Scene = {
    prepare: () => {
      setPortRange(40_000, 40_099);
      prepared = { value: prepare() };
    },
  };
  scenes.push(scene);
  it(name, async () => {
    goTo(scene);
    if (prepared === undefined) throw new Error('this scene was not prepared');
    await check(prepared.value);
  });
}

/** A lane of a hundred sockets in TIME_WAIT. */
interface FullLane {
  readonly to: Server;
  readonly name: LaneName;
  readonly options: ClientOptions;
}

function fullLane(to: Server, source: string, options: ClientOptions = {}): FullLane {
  withoutReuse(() => expect(fillWithTimeWait(to, options)).toBe(100));
  return { to, name: laneTo(to, source), options };
}

/** On a machine that is busy the first sockets may be old before the last ones are closed. */
function withoutReuse(run: () => void): void {
  const value = readSysctl('ipv4.tcp_tw_reuse');
  writeSysctl('ipv4.tcp_tw_reuse', 0);
  run();
  writeSysctl('ipv4.tcp_tw_reuse', value);
}

async function expectReclaimable({ to, name, options }: FullLane): Promise<void> {
  expect(await countedLane(name)).toMatchObject({ used: 100, reclaimable: 100, free: 100, utilization: 0 });
  expect(fillUntilRefused(to, options)).toHaveLength(100);
  expect(await countedLane(name)).toMatchObject({ used: 100, live: 100, reclaimable: 0, free: 0 });
}

async function expectExhausted({ to, name, options }: FullLane): Promise<void> {
  expect(await countedLane(name)).toMatchObject({ used: 100, reclaimable: 0, free: 0, utilization: 1 });
  expect(tryConnection(to, options)).toBe('EADDRNOTAVAIL');
}

describe('a lane full of TIME_WAIT under the default tcp_tw_reuse', () => {
  for (const [address, options] of [
    ['127.0.0.1', {}],
    ['127.0.0.1', { mapped: true }],
    ['::1', {}],
  ] as const) {
    later(
      `is free again after a second, on loopback ${address}${'mapped' in options ? ', IPv4-mapped' : ''}`,
      () => fullLane(serve(address, 9000), address, options),
      expectReclaimable,
    );
  }

  later(
    'is free again where only one end is a loopback address',
    () => {
      addAddress('lo', '10.0.0.5/32');
      return fullLane(serve('127.0.0.1', 9000), '10.0.0.5', { from: '10.0.0.5' });
    },
    expectReclaimable,
  );

  later(
    'stays full between private addresses, even those of the loopback interface',
    () => {
      addAddress('lo', '10.0.0.5/32');
      return fullLane(serve('10.0.0.5', 9000), '10.0.0.5');
    },
    expectExhausted,
  );

  later(
    'is free again between private addresses where the sockets are bound to the loopback interface',
    () => {
      addAddress('lo', '10.0.0.5/32');
      return fullLane(serve('10.0.0.5', 9000), '10.0.0.5', { device: 'lo' });
    },
    expectReclaimable,
  );

  later(
    'stays full without timestamps',
    () => {
      writeSysctl('ipv4.tcp_timestamps', 0);
      return fullLane(serve('127.0.0.1', 9000), '127.0.0.1');
    },
    expectExhausted,
  );

  later(
    'stays full where tcp_tw_reuse is off',
    () => {
      writeSysctl('ipv4.tcp_tw_reuse', 0);
      return fullLane(serve('127.0.0.1', 9000), '127.0.0.1');
    },
    expectExhausted,
  );

  later(
    'is free again between private addresses where tcp_tw_reuse is on and both are this machine',
    () => {
      addAddress('lo', '10.0.0.5/32');
      writeSysctl('ipv4.tcp_tw_reuse', 1);
      return fullLane(serve('10.0.0.5', 9000), '10.0.0.5');
    },
    expectReclaimable,
  );
});

describe('tcp_tw_reuse_delay', () => {
  needsSysctl('ipv4.tcp_tw_reuse_delay');

  later(
    'decides from which age on TIME_WAIT is free',
    () => fullLane(serve('127.0.0.1', 9000), '127.0.0.1'),
    async (lane) => {
      writeSysctl('ipv4.tcp_tw_reuse_delay', 30_000);
      await expectExhausted(lane);
      writeSysctl('ipv4.tcp_tw_reuse_delay', 500);
      await expectReclaimable(lane);
    },
  );

  later(
    'parts a lane in what is old enough and what is not',
    () => {
      const to = serve('127.0.0.1', 9000);
      withoutReuse(() => timeWait(60, to));
      return to;
    },
    async (to) => {
      writeSysctl('ipv4.tcp_tw_reuse_delay', WAIT_MS - 100);
      withoutReuse(() => timeWait(10, to));
      expect(await countedLane(laneTo(to, '127.0.0.1'))).toMatchObject({ used: 70, reclaimable: 60, free: 90 });
      expect(fillUntilRefused(to)).toHaveLength(90);
      const states = { ESTABLISHED: 90, TIME_WAIT: 10 };
      expect(await countedLane(laneTo(to, '127.0.0.1'))).toMatchObject({ used: 100, reclaimable: 0, free: 0, states });
    },
  );
});

describe('tcp_tw_reuse towards another machine', () => {
  function wired(): { readonly to: Server; readonly other: NetworkNamespace } {
    const other = createNamespace();
    joinTo(other, { link: 'near', addresses: ['10.77.0.1/24'] }, { link: 'far', addresses: ['10.77.0.2/24'] });
    writeSysctl('ipv4.tcp_tw_reuse', 1);
    return { to: inside(other, () => serve('10.77.0.2', 80)), other };
  }

  function holdAnother(other: NetworkNamespace): void {
    const to = inside(other, () => serve('10.77.0.2', 81));
    hold(1, to);
  }

  later(
    'is not known to apply while no live connection shows timestamps',
    () => fullLane(wired().to, '10.77.0.1'),
    async ({ name }) => {
      const unknown = { reclaimable: null, free: null, utilization: null };
      expect(await countedLane(name)).toMatchObject({ used: 100, live: 0, ...unknown });
    },
  );

  later(
    'is known to apply by one live connection to the same machine',
    () => {
      const { to, other } = wired();
      holdAnother(other);
      return fullLane(to, '10.77.0.1');
    },
    expectReclaimable,
  );

  later(
    'is known not to apply where the other machine has no timestamps',
    () => {
      const { to, other } = wired();
      inside(other, () => writeSysctl('ipv4.tcp_timestamps', 0));
      holdAnother(other);
      return fullLane(to, '10.77.0.1');
    },
    expectExhausted,
  );

  later(
    'is known not to apply where this machine has no timestamps, even without a live connection',
    () => {
      writeSysctl('ipv4.tcp_timestamps', 0);
      return fullLane(wired().to, '10.77.0.1');
    },
    expectExhausted,
  );

  later(
    'leaves free what was never used, whether or not it applies',
    () => {
      const { to } = wired();
      hold(40, to);
      return to;
    },
    async (to) => {
      await expectFreeIsWhatIsTaken(to, laneTo(to, '10.77.0.1'));
      expect((await observe()).totals).toMatchObject({ used: 100, live: 100 });
    },
  );
});
