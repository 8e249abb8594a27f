import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PortMap } from '../../src/agent/port-map.ts';
import type { LaneSample, Sample } from '../../src/agent/sample.ts';
import type { Report } from '../../src/diagnosis/report.ts';
import { readReport } from '../../src/diagnosis/report-reader.ts';
import { timeWait } from '../kit/closings.ts';
import { hold, serve } from '../kit/connections.ts';
import { fillUntilRefused } from '../kit/fill.ts';
import { ip } from '../kit/ip-command.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { fourtuple, needsProgram } from '../kit/program.ts';
import { endAgents, RunningAgent } from '../kit/running-agent.ts';
import { setPortRange, writeSysctl } from '../kit/sysctl.ts';

const OWN = ['--namespaces', 'own'];
/** Within 20 s of the test: a busy machine takes seconds to start a program. */
const SOON = { timeout: 15_000, interval: 100 };

needsProgram();
usesPrivateNamespace();

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fourtuple-agent-test-'));
});
afterEach(async () => {
  await endAgents();
  rmSync(folder, { recursive: true, force: true });
});

function laneTo(
  port: number,
  { namespaces }: { readonly namespaces: Sample['namespaces'] | Report['namespaces'] },
): LaneSample {
  return namespaces
    .flatMap(({ lanes }) => lanes as readonly LaneSample[])
    .find((lane) => lane.port === port) as LaneSample;
}

/** Waits until a sample has a lane that holds so many slots. */
async function seenBy(agent: RunningAgent, port: number, used: number): Promise<void> {
  await expect.poll(async () => laneTo(port, await agent.json<Report>('api/report'))?.used, SOON).toBe(used);
}

describe('fourtuple agent', () => {
  it('shows what the kernel holds, over HTTP, as metrics and in its history', async () => {
    writeSysctl('ipv4.tcp_tw_reuse', 0);
    const server = serve('127.0.0.1', 9_000);
    hold(12, server);
    timeWait(30, server);
    const agent = await RunningAgent.start(OWN);
    await seenBy(agent, 9_000, 42);
    const { text } = await agent.get('api/report');
    expect(readReport(text, '/api/report').namespaces).toHaveLength(1);
    const namespace =
      (JSON.parse(text) as Report).namespaces[0]?.name ?? `net:[${JSON.parse(text).namespaces[0].inode}]`;
    const lane = `namespace=${encodeURIComponent(namespace)}&source=127.0.0.1&destination=127.0.0.1&port=9000`;
    const { ports } = await agent.json<PortMap>(`api/ports?${lane}`);
    const kinds = Buffer.from(ports, 'base64');
    expect(kinds).toHaveLength(65_536);
    expect(kinds.filter((kind) => kind === 4)).toHaveLength(12);
    expect(kinds.filter((kind) => kind >= 64)).toHaveLength(30);
    const metrics = await agent.get('metrics');
    expect(metrics.text).toMatch(/^fourtuple_lane_used_slots\{state="TIME_WAIT".*port="9000".*\} 30$/m);
    const { span } = await agent.json<{ span: { untilMs: number } }>('api/history');
    const then = await agent.json<Report>(`api/history?at=${new Date(span.untilMs).toISOString()}`);
    expect(laneTo(9_000, then)).toMatchObject({ used: 42, live: 12 });
  });

  it('tells once it is ready, what begins and what ends, and ends within a second', async () => {
    setPortRange(40_000, 40_099);
    const server = serve('127.0.0.1', 9_000);
    const agent = await RunningAgent.start(OWN);
    const dashboard = agent.watch();
    const connections = fillUntilRefused(server);
    await expect.poll(() => agent.events.map(({ event }) => event), SOON).toContain('lane-exhausted');
    for (const { client, server: other } of connections) {
      client.close();
      other.close();
    }
    const start = performance.now();
    const idle = await RunningAgent.start(OWN);
    const startedIn = performance.now() - start;
    const before = performance.now();
    expect(await agent.end()).toBe(0);
    // The machine may be busy: a second, or as long as it takes to start one.
    expect(performance.now() - before).toBeLessThan(Math.max(1_000, startedIn));
    dashboard.destroy();
    expect(agent.events.at(-1)).toMatchObject({ event: 'ended' });
    await idle.end();
  });

  it('goes on with the history of one that was killed, and loses none of it', async () => {
    writeSysctl('ipv4.tcp_tw_reuse', 0);
    const server = serve('127.0.0.1', 9_000);
    const history = join(folder, 'history.db');
    const spans: { sinceMs: number; untilMs: number }[] = [];
    for (let round = 1; round <= 3; round += 1) {
      hold(round, server);
      const agent = await RunningAgent.start(OWN, { history });
      await expect.poll(async () => (await agent.health()).counters.samples, SOON).toBeGreaterThan(1);
      spans.push((await agent.json<{ span: { sinceMs: number; untilMs: number } }>('api/history')).span);
      await agent.end('SIGKILL');
    }
    expect(new Set(spans.map(({ sinceMs }) => sinceMs)).size).toBe(1);
    const past = await fourtuple([
      'status',
      '--json',
      '--history',
      history,
      '--at',
      new Date(spans[0]?.untilMs ?? 0).toISOString(),
    ]);
    expect(past.error).toBe('');
    expect(laneTo(9_000, readReport(past.out, 'status --at'))).toMatchObject({ used: 1 });
  });

  it('goes on without a history that is garbage, in use, or has no room, and says so', async () => {
    const garbage = join(folder, 'garbage.db');
    writeFileSync(garbage, 'SQLite format 3\0'.padEnd(20_000, 'x'));
    const agent = await RunningAgent.start(OWN, { history: garbage });
    expect(agent.events.map(({ event }) => event)).toContain('history-moved-aside');
    expect(readdirSync(folder).filter((name) => name.includes('damaged'))).toHaveLength(1);
    expect(existsSync(garbage)).toBe(true);
    const second = await RunningAgent.start(OWN, { history: garbage });
    expect(second.events.map(({ event }) => event)).toContain('history-stopped');
    await expect.poll(async () => (await second.health()).counters.samples, SOON).toBeGreaterThan(0);
    await second.end();
  });

  it('goes on without a history where none can be made', async () => {
    const nowhere = await RunningAgent.start(OWN, { history: '/proc/none/history.db' });
    expect(nowhere.events.map(({ event }) => event)).toContain('history-stopped');
    await expect.poll(async () => (await nowhere.health()).counters.samples, SOON).toBeGreaterThan(0);
  });

  it('says that its port is in use', async () => {
    const agent = await RunningAgent.start(OWN);
    const { port } = new URL(agent.url);
    const busy = await fourtuple(['agent', ...OWN, '--listen', `127.0.0.1:${port}`, '--history', 'off']);
    expect(busy).toMatchObject({ code: 1, out: '' });
    expect(busy.error).toContain(`port ${port} of 127.0.0.1 is in use`);
  });

  it('listens for others only with a token, or where that is said', async () => {
    const open = await fourtuple(['agent', ...OWN, '--listen', '0.0.0.0:0', '--history', 'off']);
    expect(open.code).toBe(2);
    expect(open.error).toContain('token');
  });

  it('says that there is nothing to sample', async () => {
    const none = await fourtuple([
      'agent',
      '--namespaces',
      'no-such-namespace',
      '--listen',
      '127.0.0.1:0',
      '--history',
      'off',
    ]);
    expect(none.code).toBe(1);
    expect(none.error).toContain('no-such-namespace');
  });

  it('holds while namespaces come and go, ten in a second', async () => {
    const agent = await RunningAgent.start(['--namespaces', 'all']);
    const { counters } = await agent.health();
    const seen = new Set<number | null>();
    const watch = agent.watch((text) => {
      for (const [, inode] of text.matchAll(/"inode":(\d+)/g)) seen.add(Number(inode));
    });
    const names: string[] = [];
    const made = new Set<number>();
    for (let round = 0; round < 60; round += 1) {
      const name = `ft-passing-${process.pid}-${round}`;
      ip(`netns add ${name}`);
      made.add(statSync(`/run/netns/${name}`).ino);
      names.push(name);
      await sleep(100);
      if (names.length > 3) ip(`netns delete ${names.shift()}`);
    }
    for (const name of names) ip(`netns delete ${name}`);
    await expect.poll(async () => (await agent.health()).counters.samples, SOON).toBeGreaterThan(counters.samples + 3);
    expect([...made].filter((inode) => seen.has(inode)).length).toBeGreaterThan(0);
    const health = await agent.health();
    expect(health).toMatchObject({ isHealthy: true, counters: { failures: 0 } });
    watch.destroy();
    expect(await agent.end()).toBe(0);
  });

  it('holds while a lane fills and fifty dashboards watch, some of which have stopped reading', async () => {
    writeSysctl('ipv4.tcp_tw_reuse', 0);
    const server = serve('127.0.0.1', 9_000);
    const agent = await RunningAgent.start(OWN);
    const samples = new Array<number>(50).fill(0);
    const dashboards = samples.map((_, index) =>
      agent.watch((text) => {
        samples[index] = (samples[index] as number) + text.split('event: sample').length - 1;
      }),
    );
    const stuck = [0, 1, 2, 3, 4].map(() => agent.watch().on('response', (response) => response.pause()));
    let used = 0;
    while (samples.some((count) => count < 4)) {
      timeWait(200, server);
      used += 200;
      await sleep(20);
    }
    const health = await agent.health();
    expect(health.isHealthy).toBe(true);
    await seenBy(agent, 9_000, used);
    for (const request of [...dashboards, ...stuck]) request.destroy();
    expect(await agent.end()).toBe(0);
    expect(agent.events.filter(({ level, event }) => level === 'error' && !event.startsWith('lane-'))).toEqual([]);
  });
});
