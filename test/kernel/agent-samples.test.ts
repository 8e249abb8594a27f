import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readlinkSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { drawPortMap } from '../../src/agent/draw-port-map.ts';
import { Examiner } from '../../src/agent/examining/examiner.ts';
import { PortKind } from '../../src/agent/port-map.ts';
import type { LaneSample, NamespaceSample, Sample } from '../../src/agent/sample.ts';
import { ClosesWindow } from '../../src/agent/sampling/closes-window.ts';
import { laneKey } from '../../src/agent/sampling/lane-tallies.ts';
import { Sampler } from '../../src/agent/sampling/sampler.ts';
import { takeCensus } from '../../src/census/take-census.ts';
import { ownNamespace, ownNamespaceInode } from '../../src/linux/network-namespace.ts';
import { agentConfig } from '../kit/agent-config.ts';
import { orphanFinWait2, timeWait } from '../kit/closings.ts';
import { hold, type Server, serve } from '../kit/connections.ts';
import { fillUntilRefused } from '../kit/fill.ts';
import { createNamespace, inside, type NetworkNamespace } from '../kit/network-namespace.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { setPortRange, writeSysctl } from '../kit/sysctl.ts';
import { usesTracefs } from '../kit/tracefs.ts';

const samplers: Sampler[] = [];

function samplerOf(more: Parameters<typeof agentConfig>[0] = {}): Sampler {
  const sampler = new Sampler(agentConfig(more));
  samplers.push(sampler);
  return sampler;
}

afterEach(() => {
  for (const sampler of samplers.splice(0)) sampler.close();
});

/** Empty for the one that the folder itself was read by. */
function linkOf(path: string): string {
  try {
    return readlinkSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** A socket keeps the namespace alive that it was opened in. */
function openSockets(): number {
  const links = readdirSync('/proc/self/fd').map((fd) => linkOf(`/proc/self/fd/${fd}`));
  return links.filter((link) => link.startsWith('socket:')).length;
}

let samples = 0;
function takenAt(): string {
  samples += 1;
  return new Date(1_700_000_000_000 + samples * 1_000).toISOString();
}

function onlyNamespace({ namespaces }: Sample): NamespaceSample {
  expect(namespaces).toHaveLength(1);
  return namespaces[0] as NamespaceSample;
}

function laneTo({ port }: Server, namespace: NamespaceSample): LaneSample {
  return namespace.lanes.find((lane) => lane.port === port) as LaneSample;
}

describe('samples of a namespace', () => {
  usesPrivateNamespace();

  it('count its lanes, and tell what was not asked for as unknown', async () => {
    writeSysctl('ipv4.tcp_tw_reuse', 0);
    const server = serve('127.0.0.1', 9_000);
    hold(20, server);
    timeWait(30, server);
    const sample = await samplerOf().sample('2026-11-21T20:00:00.000Z');
    const namespace = onlyNamespace(sample);
    expect(namespace).toMatchObject({ inode: ownNamespaceInode(), takenAt: sample.takenAt, lanesOmitted: 0 });
    expect(laneTo(server, namespace)).toMatchObject({
      used: 50,
      live: 20,
      states: { ESTABLISHED: 20, TIME_WAIT: 30 },
      closes: null,
      refusedConnects: null,
      timeWaitProcesses: [],
    });
    expect(sample.cost.cpuSeconds).toBeGreaterThan(0);
  });

  it('sum the lanes beside those that are listed', async () => {
    writeSysctl('ipv4.tcp_tw_reuse', 0);
    const servers = [9_001, 9_002, 9_003, 9_004].map((port) => serve('127.0.0.1', port));
    servers.forEach((server, index) => {
      hold(5 + index, server);
      timeWait(index, server);
    });
    const { lanes, other, lanesOmitted } = onlyNamespace(await samplerOf({ lanesPerNamespace: 2 }).sample(takenAt()));
    expect(lanes.map(({ port }) => port)).toEqual([9_004, 9_003]);
    expect(other).toMatchObject({ lanes: 2, used: 12, live: 11, timeWait: 1, reclaimable: 0 });
    expect(other.slots).toBe(2 * (lanes[0]?.slots ?? 0));
    expect(lanesOmitted).toBe(2);
  });

  it('notice a listener and an idle bound socket in the range, the latter a while later at most', async () => {
    setPortRange(40_000, 40_099);
    const sampler = samplerOf();
    expect(onlyNamespace(await sampler.sample(takenAt())).ports.usable).toBe(100);
    serve('127.0.0.1', 40_010);
    expect(onlyNamespace(await sampler.sample(takenAt())).ports.usable).toBe(99);
  });

  it('draw what holds each port', async () => {
    setPortRange(40_000, 40_099);
    writeSysctl('ipv4.tcp_tw_reuse', 0);
    writeSysctl('ipv4.ip_local_reserved_ports', '40000-40009');
    const server = serve('127.0.0.1', 9_000);
    serve('127.0.0.1', 40_020);
    hold(7, server);
    timeWait(5, server);
    orphanFinWait2(3, server);
    const look = async (): Promise<object> => {
      const { census } = await takeCensus();
      const lane = census.lanes().find(({ port }) => port === 9_000)?.index as number;
      const ports = drawPortMap(census, lane);
      const count = (wanted: (kind: number) => boolean): number => ports.filter(wanted).length;
      return {
        all: ports.length,
        outside: count((kind) => kind === PortKind.outside),
        reserved: [...ports.subarray(40_000, 40_010)],
        blocked: ports[40_020],
        live: count((kind) => kind === PortKind.live),
        finWait2: count((kind) => kind === PortKind.finWait2),
        timeWait: count((kind) => kind >= PortKind.timeWaitLeft),
        free: count((kind) => kind === PortKind.free),
      };
    };
    // An orphan comes to FIN_WAIT2 a moment later.
    await expect.poll(look, { timeout: 5_000 }).toEqual({
      ...{ all: 65_536, outside: 65_436, reserved: Array(10).fill(PortKind.reserved), blocked: PortKind.blocked },
      ...{ live: 7, finWait2: 3, timeWait: 5, free: 100 - 10 - 1 - 15 },
    });
  });

  it('know by its cookie whose a socket in TIME_WAIT was', async () => {
    writeSysctl('ipv4.tcp_tw_reuse', 0);
    const server = serve('127.0.0.1', 9_000);
    const sampler = samplerOf();
    const examiner = new Examiner(sampler, 5_000);
    const connections = hold(10, server);
    await sampler.sample(takenAt());
    await examiner.examine();
    for (const { client, server: other } of connections) {
      client.close();
      other.close();
    }
    // Nobody has seen these while they lived.
    timeWait(4, server);
    await sampler.sample(takenAt());
    await examiner.examine();
    const lane = laneTo(server, onlyNamespace(await sampler.sample(takenAt())));
    expect(lane.states.TIME_WAIT).toBe(14);
    expect(lane.timeWaitProcesses).toMatchObject([{ pid: process.pid, sockets: 10 }]);
  });
});

describe('closes', () => {
  usesPrivateNamespace();

  it('are counted for each lane, window by window', async () => {
    writeSysctl('ipv4.tcp_tw_reuse', 0);
    const server = serve('127.0.0.1', 9_000);
    const handle = ownNamespace();
    const window = new ClosesWindow(0);
    try {
      expect(window.step(handle, await takeCensus())).toBeNull();
      timeWait(25, server);
      // The kernel tells of a close a moment later.
      const closesOfWindow = async (): Promise<number> => {
        window.read();
        const taken = await takeCensus();
        const closed = window.step(handle, taken);
        const lane = taken.census.lanes().find(({ port }) => port === 9_000)?.index as number;
        const { closesPerSecond = 0 } = closed?.watched.observed(lane) ?? {};
        return closesPerSecond * (closed?.seconds ?? 0);
      };
      let closes = 0;
      await expect
        .poll(
          async () => {
            closes += await closesOfWindow();
            return closes;
          },
          { timeout: 5_000 },
        )
        .toBeCloseTo(25, 6);
      expect(await closesOfWindow()).toBe(0);
      expect([window.problem, window.note, window.isCounting]).toEqual([null, null, true]);
    } finally {
      window.close();
      handle.close();
    }
  });
});

describe('connects that find no port', () => {
  usesPrivateNamespace();
  usesTracefs();

  it('are counted for their lane, exactly', async () => {
    setPortRange(40_000, 40_003);
    const server = serve('127.0.0.1', 9_000);
    const sampler = samplerOf({ traceRefusals: true });
    // It is refused once.
    fillUntilRefused(server);
    const before = laneTo(server, onlyNamespace(await sampler.sample(takenAt())));
    fillUntilRefused(server);
    fillUntilRefused(server);
    await sampler.sample(takenAt());
    const after = laneTo(server, onlyNamespace(await sampler.sample(takenAt())));
    expect((after.refusedConnects as number) - (before.refusedConnects as number)).toBe(2);
    expect(sampler.problems).toEqual([]);
    const { findings } = await new Examiner(sampler).examine();
    expect(findings.map(({ code }) => code)).toContain('connects-refused');
  });
});

describe('all namespaces', () => {
  usesPrivateNamespace();
  const holders = new Set<ChildProcess>();
  afterEach(async () => {
    for (const holder of holders) await endHolder(holder);
  });

  /** One that nobody is in is not found. */
  const holderOf = (namespace: NetworkNamespace): ChildProcess => {
    const holder = inside(namespace, () => spawn('sleep', ['60'], { stdio: 'ignore' }));
    holders.add(holder);
    return holder;
  };
  const endHolder = async (holder: ChildProcess): Promise<void> => {
    holders.delete(holder);
    const ended = once(holder, 'exit');
    holder.kill('SIGKILL');
    await ended;
  };

  const samplesOf = ({ namespaces }: Sample, { inode }: NetworkNamespace): NamespaceSample | undefined =>
    namespaces.find((one) => one.inode === inode);

  it('are sampled, the quiet ones less often, and at once when they fill', async () => {
    const other = createNamespace();
    const server = inside(other, () => {
      setPortRange(40_000, 40_199);
      return serve('127.0.0.1', 9_000);
    });
    holderOf(other);
    const sampler = samplerOf({ namespaces: 'all' });
    const first = samplesOf(await sampler.sample(takenAt()), other) as NamespaceSample;
    expect(first.lanes).toEqual([]);
    inside(other, () => hold(2, server));
    const quiet = samplesOf(await sampler.sample(takenAt()), other) as NamespaceSample;
    expect(quiet.takenAt).toBe(first.takenAt);
    inside(other, () => hold(20, server));
    const busy = samplesOf(await sampler.sample(takenAt()), other) as NamespaceSample;
    expect(busy.lanes.map(laneKey)).toEqual(['127.0.0.1>127.0.0.1:9000%']);
    expect(busy.lanes[0]?.used).toBe(22);
  });

  it('that come and go fail no sample, and are not kept alive', async () => {
    const sampler = new Sampler(agentConfig({ namespaces: 'all', watchCloses: true }), 0);
    samplers.push(sampler);
    await sampler.sample(takenAt());
    const openBefore = openSockets();
    const seen = new Set<number | null>();
    for (let round = 0; round < 20; round += 1) {
      const passing = createNamespace();
      const holder = holderOf(passing);
      for (const { inode } of (await sampler.sample(takenAt())).namespaces) seen.add(inode);
      expect(seen).toContain(passing.inode);
      await endHolder(holder);
    }
    const last = await sampler.sample(takenAt());
    expect(last.notes.filter((note) => note.includes('net:['))).toEqual([]);
    expect(sampler.failures).toBe(0);
    expect(openSockets()).toBeLessThanOrEqual(openBefore);
  });
});
