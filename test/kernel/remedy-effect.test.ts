import { describe, expect, it, vi } from 'vitest';
import type { Examination } from '../../src/diagnosis/examination.ts';
import { expectEffects, type LaneEffect, observeEffects } from '../../src/diagnosis/remedy-effect.ts';
import { ownNamespace } from '../../src/linux/network-namespace.ts';
import { lowerFinTimeout } from '../../src/remedies/lower-fin-timeout.ts';
import type { Remedy } from '../../src/remedies/remedy.ts';
import { reserveListeners } from '../../src/remedies/reserve-listeners.ts';
import { shorterReuseDelay } from '../../src/remedies/shorter-reuse-delay.ts';
import { tcpTwReuse } from '../../src/remedies/tcp-tw-reuse.ts';
import { widerRangeTo } from '../../src/remedies/wider-range.ts';
import { parseLanePattern } from '../../src/tcp/lane-pattern.ts';
import { timeWait } from '../kit/closings.ts';
import { type ClientOptions, hold, type Server, serve } from '../kit/connections.ts';
import { changedCounters } from '../kit/counters.ts';
import { fillWithTimeWait } from '../kit/fill.ts';
import { needsKernel, needsSysctl } from '../kit/kernel-version.ts';
import { addAddress, joinTo } from '../kit/links.ts';
import { listenAt, NativeSocket } from '../kit/native-socket.ts';
import { createNamespace, inside, type NetworkNamespace } from '../kit/network-namespace.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { AF_INET } from '../kit/socket-address.ts';
import { socketStatistics } from '../kit/socket-statistics.ts';
import { readSysctl, reservePorts, setPortRange, writeSysctl } from '../kit/sysctl.ts';
import { dropCapabilities } from '../kit/without-capabilities.ts';
import { examineHere } from './examination.ts';
import { apply } from './remedy-proof.ts';

/** On `lo`, and yet no loopback address: tcp_tw_reuse=2 does not apply to it. */
const HERE = '10.9.1.9';
const [LOW, HIGH, SLOTS] = [40_000, 40_063, 64];

usesPrivateNamespace();
needsKernel(6, 3);
needsSysctl('ipv4.tcp_tw_reuse_delay');

function prepare(): void {
  setPortRange(LOW, HIGH);
  // No test waits for a second.
  writeSysctl('ipv4.tcp_tw_reuse_delay', 1);
}

/** A server of this machine, towards which tcp_tw_reuse does nothing by default. */
function serveHere(): Server {
  prepare();
  addAddress('lo', `${HERE}/32`);
  return serve(HERE, 9000);
}

/** What a remedy was expected to do, before it is applied. */
interface Trial {
  readonly remedy: Remedy;
  readonly before: Examination;
  readonly expected: readonly LaneEffect[];
}

async function expecting(remedy: Remedy): Promise<Trial> {
  const before = await examineHere();
  return { remedy, before, expected: expectEffects(remedy, before, { most: 10 }) };
}

async function applied(remedy: Remedy): Promise<Trial> {
  const trial = await expecting(remedy);
  apply(remedy, trial.before.machine);
  return trial;
}

type Run = (work: () => LaneEffect[]) => LaneEffect[];

/** What it has done. */
async function observedAtOnce(
  { remedy, before, expected }: Trial,
  run: Run = (work) => work(),
): Promise<readonly LaneEffect[]> {
  const after = await examineHere();
  const namespace = ownNamespace();
  try {
    return run(() => observeEffects(remedy, expected, before, after, namespace));
  } finally {
    namespace.close();
  }
}

/** What it has done to the first lane, once its TIME_WAIT slots are old enough. */
function observed(trial: Trial, run?: Run): Promise<LaneEffect> {
  const look = async (): Promise<LaneEffect> => {
    const [first] = await observedAtOnce(trial, run);
    expect(first?.observation).not.toContain('older than');
    return first as LaneEffect;
  };
  return vi.waitFor(look, { timeout: 15_000, interval: 5 });
}

/** The kernel's counters that change while it is observed, the last time that it is. */
function counting(): { readonly run: Run; changed: Record<string, number> } {
  const counted = {
    changed: {},
    run: (work: () => LaneEffect[]): LaneEffect[] => {
      let effects: LaneEffect[] = [];
      counted.changed = changedCounters(() => {
        effects = work();
      });
      return effects;
    },
  };
  return counted;
}

/** Of as many slots: those that are held for a minute, and those that are for a thousandth of a second. */
const REUSED = { before: 1, predicted: 64_000, observed: 64_000 };
const NOT_REUSED = { before: 1, predicted: 64_000, observed: 1 };

describe('tcp-tw-reuse', () => {
  function serveElsewhere(): { readonly to: Server; readonly other: NetworkNamespace } {
    prepare();
    const other = createNamespace();
    joinTo(other, { link: 'near', addresses: ['10.77.0.1/24'] }, { link: 'far', addresses: ['10.77.0.2/24'] });
    return { to: inside(other, () => serve('10.77.0.2', 80)), other };
  }

  it.each<[string, ClientOptions]>([
    ['IPv4', {}],
    ['IPv4-mapped', { mapped: true }],
    ['bound to a device', { device: 'near' }],
  ])(
    'has done what was predicted for a lane full of TIME_WAIT, and took over one of its slots: %s',
    async (_, options) => {
      const { to } = serveElsewhere();
      expect(fillWithTimeWait(to, options)).toBe(SLOTS);
      const trial = await applied(tcpTwReuse);
      const lane = { source: '10.77.0.1', destination: '10.77.0.2', port: 80, device: options.device ?? null };
      expect(trial.expected).toEqual([
        {
          ...{
            ...lane,
            used: SLOTS,
            slots: { before: SLOTS, predicted: SLOTS, observed: null },
            gain: expect.any(Number),
          },
          opensPerSecond: { before: 1, predicted: 64_000, observed: null },
          ...{ safe: null, reason: expect.any(String), asPredicted: null, observation: null },
        },
      ]);
      const counted = counting();
      expect(await observed(trial, counted.run)).toMatchObject({
        ...{ ...lane, slots: { observed: SLOTS }, opensPerSecond: REUSED, asPredicted: true },
        observation: expect.stringMatching(
          /^connect\(\) took over a TIME_WAIT slot at port 400\d\d, [\d.]+ m?s old \(the delay is 1\.0 ms\)$/,
        ),
      });
      expect(counted.changed).toEqual({ 'TcpExt TWRecycled': 1, 'Tcp EstabResets': 1 });
      expect(socketStatistics().filter(({ state, port }) => state === 'TIME_WAIT' && port === 80)).toHaveLength(
        SLOTS - 1,
      );
    },
  );

  it('has not where the connections were made without timestamps, and takes over nothing', async () => {
    const to = serveHere();
    writeSysctl('ipv4.tcp_timestamps', 0);
    expect(fillWithTimeWait(to)).toBe(SLOTS);
    const trial = await applied(tcpTwReuse);
    expect(readSysctl('ipv4.tcp_timestamps')).toBe('1');
    const effect = await observed(trial);
    expect(effect).toMatchObject({ opensPerSecond: NOT_REUSED, asPredicted: false });
    expect(effect.observation).toMatch(
      /^connect\(\) is refused the old TIME_WAIT slots at ports .*: timestamps were off here when those connections were opened; new ones have them$/,
    );
    expect(socketStatistics().filter(({ state }) => state === 'TIME_WAIT')).toHaveLength(SLOTS);
  });

  it('has not where the other end has no timestamps', async () => {
    const { to, other } = serveElsewhere();
    inside(other, () => writeSysctl('ipv4.tcp_timestamps', 0));
    hold(3, to);
    expect(fillWithTimeWait(to)).toBe(SLOTS - 3);
    const effect = await observed(await applied(tcpTwReuse));
    expect(effect).toMatchObject({ asPredicted: false });
    expect(effect.observation).toMatch(/: the other end has no timestamps \(0 of 3 connections\)$/);
  });

  it('has not where the sockets are bound before they connect', async () => {
    const to = serveHere();
    timeWait(40, to, { from: HERE, boundBefore: true });
    const trial = await applied(tcpTwReuse);
    expect(trial.expected[0]?.safe).toBe(false);
    expect(await observed(trial)).toMatchObject({
      asPredicted: false,
      observation:
        'tcp_tw_reuse does not apply: its sockets are bound before they connect, and bind() takes over no TIME_WAIT slot',
    });
  });

  it('has not where something has set it back', async () => {
    fillWithTimeWait(serveHere());
    const trial = await applied(tcpTwReuse);
    writeSysctl('ipv4.tcp_tw_reuse', 0);
    expect(await observed(trial)).toMatchObject({
      ...{ opensPerSecond: NOT_REUSED, asPredicted: false },
      observation: 'it does not hold any more: net.ipv4.tcp_tw_reuse would have to be 1 now',
    });
  });

  it('has done less than predicted where something has made the delay longer', async () => {
    fillWithTimeWait(serveHere());
    const trial = await applied(tcpTwReuse);
    writeSysctl('ipv4.tcp_tw_reuse_delay', 20);
    const effect = await observed(trial);
    expect(effect).toMatchObject({ opensPerSecond: { ...REUSED, observed: 3_200 }, asPredicted: false });
    expect(effect.observation).toContain('(the delay is 20 ms)');
  });

  it('is not known to have while no slot is old enough', async () => {
    const to = serveElsewhere().to;
    fillWithTimeWait(to);
    const trial = await applied(tcpTwReuse);
    writeSysctl('ipv4.tcp_tw_reuse_delay', 60_000);
    const [effect] = await observedAtOnce(trial);
    expect(effect).toMatchObject({
      ...{ slots: { observed: SLOTS }, opensPerSecond: { before: 1, predicted: 64_000, observed: null } },
      ...{ asPredicted: null, observation: 'not known yet: it has no TIME_WAIT slot older than 60 s' },
    });
  });

  it('goes by the census without privileges, and takes over nothing', async () => {
    fillWithTimeWait(serveHere());
    const trial = await applied(tcpTwReuse);
    const counted = counting();
    const giveBack = dropCapabilities();
    const effect = await observed(trial, counted.run).finally(giveBack);
    expect(effect).toMatchObject({ opensPerSecond: REUSED, asPredicted: true });
    expect(effect.observation).toBe(
      'tcp_tw_reuse applies by settings and timestamps, though connect() was not asked: asking connect() needs root (CAP_NET_ADMIN), which this process does not have',
    );
    expect(counted.changed).toEqual({});
  });

  it('asks about slots at ports that nothing else is bound to', async () => {
    const to = serveHere();
    fillWithTimeWait(to);
    const trial = await applied(tcpTwReuse);
    for (let port = LOW; port <= HIGH; port += 1) NativeSocket.open(AF_INET).reuseAddress().bind('127.0.0.9', port);
    const effect = await observed(trial);
    expect(effect.observation).toContain('something is bound to the ports of its old TIME_WAIT slots');
  });

  it('is expected to do something for a lane that is not there, and is not known to have', async () => {
    setPortRange(LOW, HIGH);
    const trial = await applied(tcpTwReuse);
    expect(trial.expected).toMatchObject([
      { source: '*', destination: '*', port: 0, used: 0, opensPerSecond: { before: 1, predicted: SLOTS } },
    ]);
    expect(await observed(trial)).toMatchObject({
      ...{ slots: { observed: SLOTS }, opensPerSecond: { observed: null } },
      ...{ asPredicted: null, observation: 'there was no lane to observe' },
    });
  });
});

describe('shorter-reuse-delay', () => {
  it('has done what was predicted where reuse applies', async () => {
    const to = serveHere();
    writeSysctl('ipv4.tcp_tw_reuse', 1);
    writeSysctl('ipv4.tcp_tw_reuse_delay', 1_000);
    timeWait(SLOTS, to);
    const trial = await applied(shorterReuseDelay);
    expect(await observed(trial)).toMatchObject({
      opensPerSecond: { before: SLOTS, predicted: 640, observed: 640 },
      asPredicted: true,
      observation: expect.stringContaining('(the delay is 100 ms)'),
    });
  });

  it('has done nothing where reuse does not apply any more', async () => {
    const to = serveHere();
    writeSysctl('ipv4.tcp_tw_reuse', 1);
    writeSysctl('ipv4.tcp_tw_reuse_delay', 1_000);
    timeWait(SLOTS, to);
    const trial = await applied(shorterReuseDelay);
    writeSysctl('ipv4.tcp_tw_reuse', 0);
    const effect = await observed(trial);
    expect(effect).toMatchObject({ opensPerSecond: { predicted: 640, observed: 1 }, asPredicted: false });
    expect(effect.observation).toMatch(/: tcp_tw_reuse is 0$/);
  });
});

describe('wider-range', () => {
  const wider = widerRangeTo({ low: 39_000, high: 41_023 });

  it('has done what was predicted, beside a listener that is reserved', async () => {
    const to = serveHere();
    listenAt('127.0.0.9', 39_010);
    fillWithTimeWait(to);
    const trial = await applied(wider);
    expect(await observed(trial)).toMatchObject({
      slots: { before: SLOTS, predicted: 2_023, observed: 2_023 },
      opensPerSecond: { before: 1, predicted: 33.2, observed: 33.2 },
      ...{ asPredicted: true, observation: 'the range 39000-41023 has 2,024 ports, of them 1 reserved' },
    });
  });

  it('has not where something has made the range narrower again', async () => {
    fillWithTimeWait(serveHere());
    const trial = await applied(wider);
    setPortRange(40_000, 40_999);
    expect(await observed(trial)).toMatchObject({
      ...{ slots: { predicted: 2_024, observed: 1_000 }, asPredicted: false },
      observation: 'it does not hold any more: net.ipv4.ip_local_port_range would have to be 39000 41023 now',
    });
  });

  it('has not where listeners have taken ports of it', async () => {
    fillWithTimeWait(serveHere());
    const trial = await applied(wider);
    for (let port = 39_000; port < 39_030; port += 1) listenAt('127.0.0.9', port);
    expect(await observed(trial)).toMatchObject({
      ...{ slots: { predicted: 2_024, observed: 1_994 }, asPredicted: false },
      observation: 'the range 39000-41023 has 2,024 ports, of them 30 blocked by listeners',
    });
  });

  it('is seen by the slots that a lane would have where the lane is gone', async () => {
    const [held] = hold(1, serveHere());
    const trial = await applied(wider);
    held?.client.abort();
    expect(await observed(trial)).toMatchObject({
      ...{ slots: { before: SLOTS, predicted: 2_024, observed: 2_024 }, asPredicted: true },
      observation: 'no connection of the lane is left; the range 39000-41023 has 2,024 ports',
    });
  });

  it('is seen for each of the fullest lanes that match', async () => {
    const to = serveHere();
    const others = [9001, 9002].map((port) => serve(HERE, port));
    for (const [index, server] of [to, ...others].entries()) hold(10 * (index + 1), server);
    const before = await examineHere();
    const options = { pattern: parseLanePattern(`${HERE}:*`), most: 2 };
    const expected = expectEffects(wider, before, options);
    expect(expected.map(({ port, used }) => [port, used])).toEqual([
      [9002, 30],
      [9001, 20],
    ]);
    expect(expectEffects(wider, before, { ...options, pattern: parseLanePattern(':9000') })).toHaveLength(1);
    apply(wider, before.machine);
    const effects = await observedAtOnce({ remedy: wider, before, expected });
    expect(effects.map(({ port, asPredicted }) => [port, asPredicted])).toEqual([
      [9002, true],
      [9001, true],
    ]);
  });
});

describe('a remedy that changes no figure of a lane', () => {
  it('is as predicted where it holds: reserve-listeners', async () => {
    const to = serveHere();
    const listener = listenAt('127.0.0.9', 40_010);
    hold(5, to);
    const trial = await applied(reserveListeners);
    expect(trial.expected).toMatchObject([{ gain: 1, slots: { before: SLOTS - 1, predicted: SLOTS - 1 } }]);
    expect(await observed(trial)).toMatchObject({
      ...{ slots: { observed: SLOTS - 1 }, asPredicted: true },
      observation: 'no listener without a reserved port is inside 40000-40063',
    });
    listener.close();
    reservePorts('');
    listenAt('127.0.0.9', 40_012);
    expect(await observed(trial)).toMatchObject({
      asPredicted: false,
      observation: 'it does not hold any more: net.ipv4.ip_local_reserved_ports would have to be 40012 now',
    });
  });

  it('is as predicted where it holds: lower-fin-timeout', async () => {
    hold(5, serveHere());
    const trial = await applied(lowerFinTimeout);
    expect(await observed(trial)).toMatchObject({
      asPredicted: true,
      observation: 'tcp_fin_timeout is 15: an orphan FIN_WAIT2 socket already goes after 15 s',
    });
    writeSysctl('ipv4.tcp_fin_timeout', 60);
    expect(await observed(trial)).toMatchObject({
      asPredicted: false,
      observation: 'it does not hold any more: net.ipv4.tcp_fin_timeout would have to be 15 now',
    });
  });
});
