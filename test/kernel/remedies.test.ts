import { Agent, createServer, get, type Server as HttpServer } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { bindAddressNoPort } from '../../src/remedies/bind-address-no-port.ts';
import { closeFromOtherEnd } from '../../src/remedies/close-from-other-end.ts';
import { keepConnections } from '../../src/remedies/keep-connections.ts';
import { localPortRange } from '../../src/remedies/local-port-range.ts';
import { moreDestinationAddresses } from '../../src/remedies/more-destination-addresses.ts';
import { moreDestinationPorts } from '../../src/remedies/more-destination-ports.ts';
import { moreSourceAddresses } from '../../src/remedies/more-source-addresses.ts';
import { checkRange } from '../../src/remedies/range-choice.ts';
import { recycleTimeWait } from '../../src/remedies/recycle-time-wait.ts';
import type { Remedy } from '../../src/remedies/remedy.ts';
import { reserveListeners } from '../../src/remedies/reserve-listeners.ts';
import { shorterReuseDelay } from '../../src/remedies/shorter-reuse-delay.ts';
import { tcpTwReuse } from '../../src/remedies/tcp-tw-reuse.ts';
import { widerRange, widerRangeTo } from '../../src/remedies/wider-range.ts';
import { modelSlots, modelSustainableOpensPerSecond } from '../../src/tcp/lane-model.ts';
import type { PortRange } from '../../src/tcp/port-range.ts';
import { timeWait } from '../kit/closings.ts';
import { type ClientOptions, type Connection, type Server, serve, tryConnection } from '../kit/connections.ts';
import { fillUntilRefused, fillWithTimeWait } from '../kit/fill.ts';
import { needsKernel, needsSysctl } from '../kit/kernel-version.ts';
import { addAddress } from '../kit/links.ts';
import { cycleSeconds, type Driven, drive, type Load } from '../kit/load.ts';
import { laneFactsLike, machineLike, situationLike } from '../kit/machines.ts';
import { listenAt } from '../kit/native-socket.ts';
import { needsPrograms } from '../kit/needs.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { readSysctl, reservePorts, setPortRange, writeSysctl } from '../kit/sysctl.ts';
import { apply, expectReached, subjectHere, type } from './remedy-proof.ts';

/** An address that is none of loopback's, so that reuse does not apply to it by itself; and more of them. */
const HERE = '10.9.9.1';

usesPrivateNamespace();

describe('the sustained rate that a remedy predicts is the one that the kernel allows:', () => {
  const SLOTS = 64;

  function busyLane(): Server {
    setPortRange(40_000, 40_000 + SLOTS - 1);
    addAddress('lo', `${HERE}/32`);
    return serve(HERE, 9000);
  }

  it('tcp-tw-reuse', async () => {
    await expectReuse(busyLane(), 4);
  });

  describe('with a shorter delay', () => {
    needsSysctl('ipv4.tcp_tw_reuse_delay');

    it('tcp-tw-reuse', async () => {
      const to = busyLane();
      writeSysctl('ipv4.tcp_tw_reuse_delay', 200);
      await expectReuse(to, 15);
    });

    it('shorter-reuse-delay', async () => {
      const to = busyLane();
      const slots = 50;
      setPortRange(40_000, 40_000 + slots - 1);
      apply(tcpTwReuse, (await subjectHere()).machine);
      const { machine, model } = await subjectHere();
      apply(shorterReuseDelay, machine);
      const load: Load = { ways: [{ to }], holdSeconds: 0, closes: 'client' };
      const driven = await drive(load, ({ openedAt }, seconds) => openedAt.length < 40 * slots && seconds < 15);
      const reused = { ...model, holdSeconds: median(driven.heldSeconds), afterCloseSeconds: 1 };
      const predicted = modelSustainableOpensPerSecond(shorterReuseDelay.predict(reused, machine));
      expectReached(slots / median(cycleSeconds(driven, slots)), predicted);
    });
  });

  async function expectReuse(to: Server, cycles: number): Promise<void> {
    const { machine } = await subjectHere();
    expect(fillWithTimeWait(to)).toBe(SLOTS);
    apply(tcpTwReuse, machine);
    await expectRate(tcpTwReuse, { ways: [{ to }], holdSeconds: 0, closes: 'client' }, cycles);
  }

  it('close-from-other-end', async () => {
    const load: Load = { ways: [{ to: busyLane() }], holdSeconds: 0.1, closes: 'server', pauseMs: 0 };
    await expectRate(closeFromOtherEnd, load, 20);
  });

  it('keep-connections', async () => {
    setPortRange(40_000, 40_015);
    const { machine, model } = await subjectHere();
    const agent = new Agent({ keepAlive: true, maxSockets: modelSlots(model) });
    const port = await slowServer(200);
    const start = performance.now();
    const asked = Array.from({ length: 10 * modelSlots(model) }, () => requestSeconds(port, agent));
    const seconds = await Promise.all(asked);
    const reached = seconds.length / ((performance.now() - start) / 1_000);
    agent.destroy();
    const holdSeconds = seconds.reduce((sum, one) => sum + one, 0) / seconds.length;
    const predicted = keepConnections.predict({ ...model, holdSeconds }, machine);
    expectReached(reached, modelSustainableOpensPerSecond(predicted));
  });

  /** A slot's whole cycle, since what takes every slot at once takes none until they come back. */
  async function expectRate(remedy: Remedy, load: Load, cycles: number): Promise<void> {
    const opens = SLOTS * (cycles + 1);
    const driven: Driven = await drive(load, ({ openedAt }, seconds) => openedAt.length < opens && seconds < 15);
    const { machine, model } = await subjectHere(median(driven.heldSeconds));
    expect(model.slotsPerLane).toBe(SLOTS);
    expect(driven.refusedAt).not.toEqual([]);
    const predicted = modelSustainableOpensPerSecond(remedy.predict(model, machine));
    expectReached(SLOTS / median(cycleSeconds(driven, SLOTS)), predicted);
  }
});

describe('the slots that a remedy predicts are those that the kernel has:', () => {
  it('wider-range, beside listeners that it reserves and ports that are reserved', async () => {
    setPortRange(65_000, 65_099);
    writeSysctl('ipv4.ip_unprivileged_port_start', 64_001);
    reservePorts('64500-64509,65001');
    for (const port of [9_999, 64_020, 64_021, 65_050]) listenAt('127.0.0.9', port);
    const to = serve('127.0.0.1', 64_030);
    const { machine, model } = await subjectHere();
    expect(fillUntilRefused(to)).toHaveLength(model.slotsPerLane);
    apply(widerRange, machine);
    const more = portsOf(fillUntilRefused(to));
    const predicted = widerRange.predict(model, machine);
    expect(model.slotsPerLane + more.length).toBe(modelSlots(predicted));
    expect((await subjectHere()).model.slotsPerLane).toBe(modelSlots(predicted));
    expect(readSysctl('ipv4.ip_local_port_range')).toBe('64002\t65535');
    expect(readSysctl('ipv4.ip_local_reserved_ports')).toBe('64020-64021,64030,64500-64509,65001,65050');
    for (const port of [64_020, 64_021, 64_030, 64_505, 65_050]) expect(more).not.toContain(port);
  });

  it('wider-range, to where the kernel takes no wider one', async () => {
    for (const start of [1_024, 1_025]) {
      writeSysctl('ipv4.ip_unprivileged_port_start', start);
      apply(widerRange, (await subjectHere()).machine);
      expect(readSysctl('ipv4.ip_local_port_range')).toBe(start === 1_024 ? '1024\t65535' : '1026\t65535');
      expect(() => setPortRange(start - 1, 65_535)).toThrow('EINVAL');
      setPortRange(32_768, 60_999);
    }
  });

  it('wider-range to a range that a person chooses, also where it leaves ports of now out', async () => {
    setPortRange(40_000, 40_049);
    const remedy = widerRangeTo({ low: 40_020, high: 40_159 });
    listenAt('127.0.0.9', 40_105);
    const { machine, model } = await subjectHere();
    apply(remedy, machine);
    const predicted = remedy.predict(model, machine);
    expect((await subjectHere()).model.slotsPerLane).toBe(modelSlots(predicted));
    expect(fillUntilRefused(serve('127.0.0.1', 9000))).toHaveLength(modelSlots(predicted));
  });

  it('a range is refused where the kernel refuses it, or may refuse its last slot, and not the nearest one', () => {
    setPortRange(40_000, 40_020);
    writeSysctl('ipv4.ip_unprivileged_port_start', 40_000);
    const machine = machineLike({ unprivilegedPortStart: 40_000 });
    const nearest = (low: number, high: number): PortRange => checkRange({ low, high }, machine)?.nearest as PortRange;
    expect(() => setPortRange(39_999, 40_020)).toThrow('EINVAL');
    expect(nearest(39_999, 40_020)).toEqual({ low: 40_000, high: 40_021 });

    let port = 9_000;
    const slotsFound = (): Set<number> =>
      new Set(Array.from({ length: 150 }, () => fillUntilRefused(serve('127.0.0.1', port++)).length));
    expect(slotsFound()).toEqual(new Set([20, 21]));
    const { low, high } = nearest(40_000, 40_020);
    setPortRange(low, high);
    expect(slotsFound()).toEqual(new Set([22]));
  });

  it('reserve-listeners, and its listener can begin anew', async () => {
    setPortRange(40_000, 40_099);
    const listener = listenAt('127.0.0.1', 40_010);
    const to = serve('127.0.0.1', 9000);
    const { machine, model } = await subjectHere();
    apply(reserveListeners, machine);
    listener.close();
    const taken = portsOf(fillUntilRefused(to));
    expect(taken).toHaveLength(modelSlots(reserveListeners.predict(model, machine)));
    expect(taken).not.toContain(40_010);
    listenAt('127.0.0.1', 40_010);
  });

  it.each<[string, Remedy, string, number, ClientOptions]>([
    ['more-destination-addresses', moreDestinationAddresses, '127.0.0.2', 9000, {}],
    ['more-destination-ports', moreDestinationPorts, '127.0.0.1', 9001, {}],
    ['more-source-addresses', moreSourceAddresses, '127.0.0.1', 9000, { from: '127.0.0.5' }],
  ])('%s', async (_, remedy, address, port, options) => {
    setPortRange(40_000, 40_099);
    const first = serve('127.0.0.1', 9000);
    const { machine, model } = await subjectHere();
    const before = fillUntilRefused(first).length;
    expect(before).toBe(modelSlots(model));
    const second = address === first.address && port === first.port ? first : serve(address, port);
    expect(before + fillUntilRefused(second, options).length).toBe(modelSlots(remedy.predict(model, machine)));
  });

  it('bind-address-no-port', async () => {
    setPortRange(40_000, 40_099);
    const [full, starved] = [serve('127.0.0.1', 9000), serve('127.0.0.1', 9001)];
    const { machine, model } = await subjectHere();
    const shared = fillUntilRefused(full, { from: '127.0.0.1', boundBefore: true });
    expect(shared).toHaveLength(modelSlots(model));
    expect(tryConnection(starved, { from: '127.0.0.1', boundBefore: true })).toBe('EADDRINUSE');
    for (const { client } of shared) client.abort();
    for (const { server } of shared) server.close();
    const predicted = modelSlots(bindAddressNoPort.predict({ ...model, slotsPerLane: 0 }, machine));
    for (const to of [full, starved]) expect(fillUntilRefused(to, { from: '127.0.0.1' })).toHaveLength(predicted);
  });

  describe('on a kernel whose sockets have a range', () => {
    needsKernel(6, 8);

    it('local-port-range, of both parities from the first connection on', async () => {
      setPortRange(40_000, 40_099);
      const to = serve('127.0.0.1', 9000);
      const { machine, model } = await subjectHere();
      expect(localPortRange.missing(machine)).toEqual([]);
      // As in the remedy's own lines: 65535 << 16.
      const taken = portsOf(fillUntilRefused(to, { portRange: [0, 65_535] }));
      expect(taken).toHaveLength(modelSlots(localPortRange.predict(model, machine)));
      const parities = new Set(taken.slice(0, 40).map((port) => port % 2));
      expect(parities.size).toBe(2);
      const other = serve('127.0.0.1', 9001);
      expect(
        new Set(
          portsOf(fillUntilRefused(other))
            .slice(0, 40)
            .map((port) => port % 2),
        ).size,
      ).toBe(1);
    });
  });
});

describe('recycle-time-wait by hand', () => {
  needsPrograms('ss');
  needsKernel(6, 0);

  it.each<[string, string, ClientOptions]>([
    ['IPv4', HERE, {}],
    ['IPv4-mapped', HERE, { mapped: true }],
    ['IPv6', '::1', {}],
  ])('releases the slots of its lane, and of no other: %s', (_, address, options) => {
    setPortRange(40_000, 40_099);
    writeSysctl('ipv4.tcp_tw_reuse', 0);
    if (address === HERE) addAddress('lo', `${HERE}/32`);
    const [to, other] = [serve(address, 9000), serve(address, 9001)];
    timeWait(60, other, options);
    expect(fillWithTimeWait(to, options)).toBe(100);
    expect(tryConnection(to, options)).toBe('EADDRNOTAVAIL');
    const lane = laneFactsLike({ source: address, destination: address, port: 9000 });
    type(recycleTimeWait.byHand(situationLike({ lane }))[0]?.text);
    expect(fillUntilRefused(to, options)).toHaveLength(100);
    expect(fillUntilRefused(other, options)).toHaveLength(40);
  });
});

const servers: HttpServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

/** @returns the port of a server that answers each request after a while */
async function slowServer(milliseconds: number): Promise<number> {
  const port = 9000;
  const server = createServer((_, response) => void setTimeout(() => response.end(), milliseconds));
  servers.push(server);
  await new Promise<void>((listening) => void server.listen(port, '127.0.0.1', listening));
  return port;
}

/** How long a request has a connection of the agent's. */
function requestSeconds(port: number, agent: Agent): Promise<number> {
  return new Promise((answered, failed) => {
    let start = Number.NaN;
    get({ host: '127.0.0.1', port, agent }, (response) => {
      response.resume().once('end', () => answered((performance.now() - start) / 1_000));
    })
      .once('socket', () => {
        start = performance.now();
      })
      .once('error', failed);
  });
}

function portsOf(connections: readonly Connection[]): number[] {
  return connections.map(({ client }) => client.localPort);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
