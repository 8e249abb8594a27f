import { beforeEach, describe, expect, it } from 'vitest';
import { mountBpfFileSystem, pinsOn, usesBpfFileSystem } from '../kit/bpf-file-system.ts';
import { makeCgroup, usesCgroups } from '../kit/cgroups.ts';
import {
  activeOpens,
  benchmarkIn,
  fillFrom,
  machineAsItIs,
  programsOf,
  wentWell,
  withoutJournal,
} from '../kit/fix-spreading.ts';
import { fix, newFixState } from '../kit/fixing.ts';
import { addAddress } from '../kit/links.ts';
import { needsPrograms } from '../kit/needs.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { needsProgram } from '../kit/program.ts';
import { startRedis } from '../kit/proxies.ts';
import { setPortRange, writeSysctl } from '../kit/sysctl.ts';

const SLOTS = 1_000;
const SOURCES = 4;
/** Of the slots that there are, before the first refusal. */
const LEAST_SHARE = 0.999;
const PORT = 6379;

interface Family {
  readonly backend: string;
  readonly sources: string;
  readonly first: string;
  readonly to: string;
}

const FAMILIES: Readonly<Record<string, Family>> = {
  IPv4: { backend: '10.9.0.9', sources: '10.9.1.1-10.9.1.4', first: '10.9.1.1', to: `10.9.0.9:${PORT}` },
  IPv6: { backend: 'fd00:9::9', sources: 'fd00:9:1::1-fd00:9:1::4', first: 'fd00:9:1::1', to: `[fd00:9::9]:${PORT}` },
};

describe('fix spread-sources --detach lets redis-benchmark -k 0', { timeout: 120_000 }, () => {
  usesPrivateNamespace();
  usesCgroups('cgroup2');
  usesBpfFileSystem();
  needsProgram();
  needsPrograms('redis-server', 'redis-benchmark');

  beforeEach(() => {
    setPortRange(40_000, 40_000 + SLOTS - 1);
    writeSysctl('ipv4.tcp_tw_reuse', 0);
  });

  it.each(Object.entries(FAMILIES))('use every slot before one is refused, by %s', async (_, family) => {
    const { backend, sources, to } = family;
    addAddress('lo', `${backend}/${backend.includes(':') ? 128 : 32}`);
    await startRedis(backend, PORT);
    const state = newFixState();
    const cgroup = makeCgroup('client');
    const pins = mountBpfFileSystem();
    const without = await benchmarkIn(cgroup, backend, PORT, 2 * SLOTS);
    expect(wentWell(without), without.out).toBe(false);

    const before = machineAsItIs(state, cgroup);
    const what = ['--sources', sources, '--add-to', 'lo', '--to', to, '--cgroup', cgroup];
    expect(await fix(state, 'spread-sources', ...what, '--detach', '--apply')).toMatchObject({ code: 0, error: '' });
    const opens = activeOpens();
    const enough = await benchmarkIn(cgroup, backend, PORT, Math.floor(LEAST_SHARE * SOURCES * SLOTS) - 10);
    expect(wentWell(enough), enough.out + enough.error).toBe(true);
    const tooMany = await benchmarkIn(cgroup, backend, PORT, SLOTS);
    expect(wentWell(tooMany), tooMany.out).toBe(false);
    expect(activeOpens() - opens).toBeGreaterThanOrEqual(LEAST_SHARE * SOURCES * SLOTS);
    expect(activeOpens() - opens).toBeLessThanOrEqual(SOURCES * SLOTS);

    expect(await fix(state, '--undo')).toMatchObject({ code: 0, error: '' });
    expect(programsOf(cgroup)).toEqual([]);
    expect(pinsOn(pins)).toEqual([]);
    expect(withoutJournal(machineAsItIs(state, cgroup))).toEqual(before);
  });

  it.each(Object.entries(FAMILIES))('go around a source that another process has filled, by %s', async (_, family) => {
    const { backend, sources, first, to } = family;
    addAddress('lo', `${backend}/${backend.includes(':') ? 128 : 32}`);
    addAddress('lo', `${first}/${first.includes(':') ? 128 : 32}`);
    await startRedis(backend, PORT);
    expect(fillFrom(first, { address: backend, port: PORT })).toBe(SLOTS);
    const state = newFixState();
    const cgroup = makeCgroup('client');
    mountBpfFileSystem();
    const what = ['--sources', sources, '--add-to', 'lo', '--to', to, '--cgroup', cgroup];
    const applied = await fix(state, 'spread-sources', ...what, '--detach', '--apply');
    expect(applied).toMatchObject({ code: 0, error: '' });
    expect(applied.out).toMatch(/1 → 4 +1,000 → 4,000 +1,000 → 1,000/);
    const opens = activeOpens();
    const run = await benchmarkIn(cgroup, backend, PORT, SOURCES * SLOTS);
    expect(wentWell(run), run.out).toBe(false);
    expect(activeOpens() - opens).toBeGreaterThanOrEqual(LEAST_SHARE * (SOURCES - 1) * SLOTS);
    expect(await fix(state, '--undo')).toMatchObject({ code: 0, error: '' });
  });
});
