import { rmdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import type { FixSpreadEnded } from '../../src/cli/fix-spread-report.ts';
import { mountBpfFileSystem, pinsOn, usesBpfFileSystem } from '../kit/bpf-file-system.ts';
import { makeCgroup, usesCgroups } from '../kit/cgroups.ts';
import { machineAsItIs, programsOf, startFix, withoutJournal } from '../kit/fix-spreading.ts';
import { type FixState, fix, fixReport, newFixState } from '../kit/fixing.ts';
import { ip } from '../kit/ip-command.ts';
import { addAddress } from '../kit/links.ts';
import { needsPrograms } from '../kit/needs.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { needsProgram } from '../kit/program.ts';
import { startRedis } from '../kit/proxies.ts';
import { startClient } from '../kit/steady-client.ts';

const BACKEND = { address: '10.9.0.9', port: 6379 };
const SOURCES = ['10.9.1.1', '10.9.1.2'];
const SPREAD = ['--sources', '10.9.1.1-10.9.1.2', '--to', '10.9.0.9:6379'];

describe('a spread', { timeout: 60_000 }, () => {
  usesPrivateNamespace();
  usesCgroups('cgroup2');
  usesBpfFileSystem();
  needsProgram();
  needsPrograms('redis-server');

  let cgroup: string;
  let state: FixState;
  let args: readonly string[];
  beforeEach(async () => {
    addAddress('lo', '10.9.0.9/32');
    await startRedis(BACKEND.address, BACKEND.port);
    cgroup = makeCgroup('client');
    state = newFixState();
    args = ['spread-sources', ...SPREAD, '--cgroup', cgroup];
  });

  const added = (): string[] => SOURCES.filter((source) => ip('-oneline address').includes(` ${source}/32 `));

  it('is taken back in the middle of a load, which loses no connection', async () => {
    for (const source of SOURCES) addAddress('lo', `${source}/32`);
    mountBpfFileSystem();
    expect(await fix(state, ...args, '--detach', '--apply')).toMatchObject({ code: 0, error: '' });
    const client = await startClient(cgroup, BACKEND);
    await sleep(500);
    expect(await fix(state, '--undo')).toMatchObject({ code: 0, error: '' });
    await sleep(500);
    const seen = await client.end();
    expect(seen).toMatchObject({ lost: 0, source: expect.stringMatching(/^10\.9\.1\.[12]$/) });
    // Each was asked over and over, before it was taken back and afterwards.
    for (const from of [...SOURCES, BACKEND.address]) expect(seen.sources[from]).toBeGreaterThan(10);
    expect(seen.kept).toBe(seen.made);
  });

  it('gives its addresses back when no connection uses them any more', async () => {
    mountBpfFileSystem();
    const before = machineAsItIs(state, cgroup);
    expect(await fix(state, ...args, '--add-to', 'lo', '--detach', '--apply')).toMatchObject({ code: 0, error: '' });
    expect(added()).toEqual(SOURCES);
    const client = await startClient(cgroup, BACKEND);
    const refused = await fix(state, '--undo');
    expect(refused).toMatchObject({ code: 1, out: '' });
    expect(refused.error).toMatch(
      /the address 10\.9\.1\.[12]\/32 on lo is in use by \d live connections?, which would end/,
    );
    expect(refused.error).toMatch(/entry 1 stays open, with the spread of \S+ .*taken back/);
    expect(programsOf(cgroup)).toEqual([]);
    expect((await client.end()).lost).toBe(0);
    expect(await fix(state, '--undo')).toMatchObject({ code: 0, error: '' });
    expect(withoutJournal(machineAsItIs(state, cgroup))).toEqual(before);
  });

  it('gives its addresses back at once by force', async () => {
    mountBpfFileSystem();
    expect(await fix(state, ...args, '--add-to', 'lo', '--detach', '--apply')).toMatchObject({ code: 0, error: '' });
    await startClient(cgroup, BACKEND);
    expect(await fix(state, '--undo')).toMatchObject({ code: 1 });
    expect(await fix(state, '--undo', '--force')).toMatchObject({ code: 0, error: '' });
    expect(added()).toEqual([]);
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'in the foreground ends by %s, and all is as before',
    async (signal) => {
      const before = machineAsItIs(state, cgroup);
      const running = await startFix(state, ...args, '--add-to', 'lo', '--apply', '--json');
      expect(programsOf(cgroup)).toHaveLength(2);
      const client = await startClient(cgroup, BACKEND);
      await sleep(300);
      const seen = await client.end();
      running.child.kill(signal);
      const { code, out } = await running.ended;
      expect(code).toBe(0);
      const ended: FixSpreadEnded = JSON.parse(out);
      expect(ended).toMatchObject({ action: 'spread-ended', id: 1, detached: false });
      expect(ended.counts).toEqual({ spread: seen.made + 1, boundBefore: 0, bindFailed: 0, uncounted: 0 });
      expect(ended.lanes.map(({ source }) => source)).toEqual(SOURCES);
      expect(ended.lanes.reduce((sum, { attempts }) => sum + attempts, 0)).toBe(seen.made + 1);
      expect(withoutJournal(machineAsItIs(state, cgroup))).toEqual(before);
    },
  );

  it('in the foreground waits for live connections before it takes addresses away', async () => {
    const running = await startFix(state, ...args, '--add-to', 'lo', '--for', '1s', '--apply');
    const client = await startClient(cgroup, BACKEND);
    while (!running.said().includes('Waiting; Ctrl-C leaves the address there')) await sleep(20);
    expect(programsOf(cgroup)).toEqual([]);
    expect(added()).not.toEqual([]);
    expect((await client.end()).lost).toBe(0);
    expect(await running.ended).toMatchObject({ code: 0, out: expect.stringContaining('connections spread in') });
    expect(added()).toEqual([]);
  });

  it('in the foreground is taken back also where nobody hears of it any more', async () => {
    const before = machineAsItIs(state, cgroup);
    const running = await startFix(state, ...args, '--add-to', 'lo', '--apply');
    running.child.stderr?.destroy();
    running.child.stdout?.destroy();
    running.child.kill('SIGHUP');
    await running.ended;
    expect(withoutJournal(machineAsItIs(state, cgroup))).toEqual(before);
  });

  it('in the foreground that is killed leaves its addresses, which fix lists and takes back', async () => {
    const before = machineAsItIs(state, cgroup);
    const running = await startFix(state, ...args, '--add-to', 'lo', '--apply');
    running.child.kill('SIGKILL');
    await running.ended;
    expect(programsOf(cgroup)).toEqual([]);
    const { applied } = await fixReport(state, 'list');
    expect(applied?.[0]?.changes?.map(({ change, state: now }) => [change.kind, now])).toEqual([
      ['address', 'made'],
      ['address', 'made'],
      ['spread', 'back'],
    ]);
    expect(await fix(state, '--undo')).toMatchObject({ code: 0, error: '' });
    expect(withoutJournal(machineAsItIs(state, cgroup))).toEqual(before);
  });

  it('in the foreground ends when another process takes it back', async () => {
    const running = await startFix(state, ...args, '--apply', '--add-to', 'lo');
    expect(await fix(state, '--undo')).toMatchObject({ code: 0, error: '' });
    expect(await running.ended).toMatchObject({
      code: 0,
      error: expect.stringContaining('another process has taken it back'),
    });
  });

  it('in the foreground ends with its cgroup, and says so', async () => {
    const before = ip('-oneline address');
    const running = await startFix(state, ...args, '--add-to', 'lo', '--apply');
    rmdirSync(cgroup);
    const { code, error } = await running.ended;
    expect({ code, error }).toEqual({
      code: 1,
      error: expect.stringContaining(`client has gone, and with it whose connections`),
    });
    expect(ip('-oneline address')).toBe(before);
    expect((await fixReport(state, 'list')).applied).toEqual([]);
  });

  it('that is detached can be taken back when its cgroup has gone', async () => {
    const pins = mountBpfFileSystem();
    const before = ip('-oneline address');
    expect(await fix(state, ...args, '--add-to', 'lo', '--detach', '--apply')).toMatchObject({ code: 0, error: '' });
    expect(pinsOn(pins)).not.toEqual([]);
    rmdirSync(cgroup);
    const { applied } = await fixReport(state, 'list');
    expect(applied?.[0]?.changes?.map(({ state: now }) => now)).toEqual(['made', 'made', 'back']);
    expect(await fix(state, '--undo')).toMatchObject({ code: 0, error: '' });
    expect(ip('-oneline address')).toBe(before);
    expect(pinsOn(pins)).toEqual([]);
  });
});
