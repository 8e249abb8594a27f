import { beforeEach, describe, expect, it } from 'vitest';
import { mountBpfFileSystem, pinsOn, usesBpfFileSystem } from '../kit/bpf-file-system.ts';
import { makeCgroup, startIn, usesCgroups } from '../kit/cgroups.ts';
import { activeOpens, benchmarkIn, machineAsItIs, programsOf, wentWell, withoutJournal } from '../kit/fix-spreading.ts';
import { type FixState, fix, fixReport, newFixState } from '../kit/fixing.ts';
import { ip } from '../kit/ip-command.ts';
import { addAddress, joinTo } from '../kit/links.ts';
import { needsPrograms } from '../kit/needs.ts';
import { createNamespace } from '../kit/network-namespace.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { needsProgram } from '../kit/program.ts';
import { startRedis } from '../kit/proxies.ts';
import { readSysctl, setPortRange, writeSysctl } from '../kit/sysctl.ts';

const SLOTS = 500;

describe('a spread', { timeout: 60_000 }, () => {
  usesPrivateNamespace();
  usesCgroups('cgroup2');
  usesBpfFileSystem();
  needsProgram();
  needsPrograms('redis-server', 'redis-benchmark');

  let state: FixState;
  let cgroup: string;
  beforeEach(() => {
    setPortRange(40_000, 40_000 + SLOTS - 1);
    writeSysctl('ipv4.tcp_tw_reuse', 0);
    state = newFixState();
    cgroup = makeCgroup('client');
  });

  it('over an IPv6 prefix makes lanes without end, and its route and setting go with it', async () => {
    addAddress('lo', 'fd00:9::9/128');
    await startRedis('fd00:9::9', 6379);
    const pins = mountBpfFileSystem();
    const before = machineAsItIs(state, cgroup);
    const args = ['--sources', '2001:db8:7::/64', '--to', '[fd00:9::9]:6379', '--cgroup', cgroup, '--add-to', 'lo'];
    const shown = await fixReport(state, 'spread-preview', 'spread-sources', ...args);
    expect(shown.destinations).toMatchObject([
      { before: { lanes: 1, slots: SLOTS }, after: { lanes: null, slots: null } },
    ]);
    const applied = await fixReport(state, 'spread-applied', 'spread-sources', ...args, '--detach', '--apply');
    expect(applied.changes).toEqual([
      { kind: 'route', setting: '2001:db8:7::/64 on lo', from: null, to: 'added' },
      { kind: 'sysctl', setting: 'ipv6.ip_nonlocal_bind', from: '0', to: '1' },
      { kind: 'pinned-spread', setting: cgroup, from: null, to: 'sources 2001:db8:7::/64 to [fd00:9::9]:6379' },
    ]);
    expect(readSysctl('ipv6.ip_nonlocal_bind')).toBe('1');
    expect(ip('-6 route show table local')).toContain('local 2001:db8:7::/64 dev lo');
    const run = await benchmarkIn(cgroup, 'fd00:9::9', 6379, 6 * SLOTS);
    expect(wentWell(run), run.out + run.error).toBe(true);
    expect(await fix(state, '--undo')).toMatchObject({ code: 0, error: '' });
    expect(withoutJournal(machineAsItIs(state, cgroup))).toEqual(before);
    expect(pinsOn(pins)).toEqual([]);
  });

  it('over destinations makes a lane of each', async () => {
    addAddress('lo', '10.9.0.9/32');
    const ports = [6379, 6380, 6381];
    for (const port of ports) await startRedis('10.9.0.9', port);
    const pins = mountBpfFileSystem();
    const before = machineAsItIs(state, cgroup);
    const args = ['--from', '10.9.0.9:6379', '--over', '10.9.0.9:6379-6381', '--cgroup', cgroup, '--detach', '--apply'];
    const applied = await fixReport(state, 'spread-applied', 'spread-destinations', ...args);
    expect(applied).toMatchObject({
      ...{ remedy: 'spread-destinations', spread: 'from 10.9.0.9:6379 over 10.9.0.9:6379-6381', detached: true, id: 1 },
      destinations: [{ before: { lanes: 1 }, after: { lanes: 3, slots: 3 * SLOTS } }],
    });
    expect(programsOf(cgroup)).toHaveLength(4);
    const opens = activeOpens();
    expect(wentWell(await benchmarkIn(cgroup, '10.9.0.9', 6379, 4 * SLOTS))).toBe(false);
    expect(activeOpens() - opens).toBeGreaterThanOrEqual(0.999 * 3 * SLOTS);
    expect(await fix(state, '--undo')).toMatchObject({ code: 0, error: '' });
    expect(withoutJournal(machineAsItIs(state, cgroup))).toEqual(before);
    expect(pinsOn(pins)).toEqual([]);
  });

  it('finds the cgroup of a process, and leaves others alone', async () => {
    addAddress('lo', '10.9.0.9/32');
    await startRedis('10.9.0.9', 6379);
    mountBpfFileSystem();
    const pid = await startIn(cgroup);
    const args = [
      '--sources',
      '127.0.0.2-127.0.0.5',
      '--to',
      '10.9.0.9:6379',
      '--pid',
      `${pid}`,
      '--detach',
      '--apply',
    ];
    const { cgroup: found } = await fixReport(state, 'spread-applied', 'spread-sources', ...args);
    expect(cgroup.endsWith(found.path)).toBe(true);
    expect(found.processes).toBe(1);
    expect(wentWell(await benchmarkIn(makeCgroup('other'), '10.9.0.9', 6379, 2 * SLOTS))).toBe(false);
    const run = await benchmarkIn(cgroup, '10.9.0.9', 6379, 3 * SLOTS);
    expect(wentWell(run), run.out + run.error).toBe(true);
    expect(await fix(state, '--undo')).toMatchObject({ code: 0, error: '' });
  });

  it('that adds addresses to a link of a network says that others may have them', async () => {
    const ends = [
      { link: 'near', addresses: ['10.77.0.1/24'] },
      { link: 'far', addresses: ['10.77.0.2/24'] },
    ] as const;
    joinTo(createNamespace(), ...ends);
    const args = ['--sources', '10.77.0.10-10.77.0.11', '--to', '10.77.0.2:80', '--cgroup', cgroup];
    const notes = async (link: string): Promise<string> =>
      (await fixReport(state, 'spread-preview', 'spread-sources', ...args, '--add-to', link)).notes.join();
    expect(await notes('near')).toContain('No other machine of the network may have an address that is added here');
    expect(await notes('lo')).not.toContain('No other machine');
  });
});
