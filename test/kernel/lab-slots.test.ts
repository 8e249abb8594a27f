import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Host } from '../../src/lab/host.ts';
import { Cycle } from '../../src/lab/load/cycle.ts';
import { SlotWatch } from '../../src/lab/load/slot-watch.ts';
import { Server, Way } from '../../src/lab/load/way.ts';
import { type NamespaceHandle, ownNamespace } from '../../src/linux/network-namespace.ts';
import { needsKernel } from '../kit/kernel-version.ts';
import { addAddress } from '../kit/links.ts';
import { needsPrograms } from '../kit/needs.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { setPortRange, writeSysctl } from '../kit/sysctl.ts';

const HERE = '10.9.9.1';
const RANGE = { low: 40_000, high: 40_019 };
const SLOTS = 20;
/** Of them, what another client holds. */
const LIVE = 5;

/** More than a test has. */
const LONG = 3_600;

let namespace: NamespaceHandle;
let host: Host;
const servers: Server[] = [];

usesPrivateNamespace();
// What lets TIME_WAIT sockets go at once.
needsPrograms('ss');
needsKernel(6, 0);
beforeEach(() => {
  setPortRange(RANGE.low, RANGE.high);
  addAddress('lo', `${HERE}/32`);
  writeSysctl('ipv4.tcp_tw_reuse', 0);
  namespace = ownNamespace();
  host = new Host('here', namespace);
});
afterEach(() => {
  for (const { listener } of servers.splice(0)) listener.close();
  namespace.close();
});

function wayTo(port: number): Way {
  const server = new Server(host, HERE, port);
  servers.push(server);
  return new Way(server);
}

function endTimeWait(...filter: string[]): void {
  expect(spawnSync('ss', ['-K', 'state', 'time-wait', ...filter]).status).toBe(0);
}

describe('a client that takes every slot', () => {
  it('goes on until all its ways are refused, then takes each slot again when the kernel has let it go', async () => {
    const [first, second] = [wayTo(9_000), wayTo(9_001)];
    const live = Array.from({ length: LIVE }, () => [first.connect(), first.server.listener.accept()]).flat();
    const cycle = new Cycle(host, [first, second], 2 * SLOTS);
    expect(await cycle.fill(0.1, LONG)).toBe(2 * SLOTS - LIVE);
    const again = cycle.takeAgain(0, LONG);
    endTimeWait('dport', '=', '9000');
    endTimeWait('dport', '=', '9001');
    const { untilBack, untilTaken } = await again;
    expect(untilBack).toBeGreaterThan(0);
    expect(untilBack).toBeLessThanOrEqual(untilTaken);
    expect(first.connect()).toBeNull();
    expect(second.connect()).toBeNull();
    for (const socket of live) socket?.close();
  });

  it('is not told a figure where slots may come back before all are taken', async () => {
    const cycle = new Cycle(host, [wayTo(9_000)], SLOTS);
    await expect(cycle.fill(LONG, 0.05)).rejects.toThrow('some lane has a slot yet');
  });

  it('says how many are back where it has waited long enough', async () => {
    const cycle = new Cycle(host, [wayTo(9_000)], SLOTS);
    await cycle.fill(0.1, LONG);
    endTimeWait('sport', '=', '40007');
    await expect(cycle.takeAgain(0, 0)).rejects.toThrow('1 of 20 slots have come back');
  });
});

describe('a lane that is watched', () => {
  it('tells when each of its ports came back, as the kernel counts them', async () => {
    const watch = new SlotWatch(host, wayTo(9_000), RANGE);
    await watch.closeAll(1_000);
    expect(watch.lives.closed).toBe(SLOTS);
    const back = watch.awaitAll(0, LONG);
    endTimeWait('sport', '=', '40007');
    while (watch.lives.back === 0) await new Promise(setImmediate);
    expect(watch.lives.back).toBe(1);
    endTimeWait();
    await back;
    const lives = watch.lives.lives();
    expect(lives).toHaveLength(SLOTS);
    const mean = lives.reduce((sum, { closedAt, seconds }) => sum + closedAt + seconds, 0) / SLOTS;
    expect(watch.meanBackByCount).toBeLessThanOrEqual(mean);
    expect(watch.meanBackByCount).toBeGreaterThan(lives[0]?.closedAt as number);
  });
});
