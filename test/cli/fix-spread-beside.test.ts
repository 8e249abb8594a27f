import { beforeEach, describe, expect, it } from 'vitest';
import { mountBpfFileSystem, pinsOn, usesBpfFileSystem } from '../kit/bpf-file-system.ts';
import { makeCgroup, usesCgroups } from '../kit/cgroups.ts';
import { machineAsItIs, processInNamespace, programsOf, startFix } from '../kit/fix-spreading.ts';
import { type FixState, fix, fixReport, newFixState } from '../kit/fixing.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { needsProgram } from '../kit/program.ts';

const SPREAD = ['spread-sources', '--sources', '127.9.0.1-127.9.0.4', '--to', '127.0.0.1:8080'];

describe('a spread beside another', { timeout: 60_000 }, () => {
  usesPrivateNamespace();
  usesCgroups('cgroup2');
  usesBpfFileSystem();
  needsProgram();

  let state: FixState;
  let cgroup: string;
  let pins: string;
  beforeEach(() => {
    state = newFixState();
    cgroup = makeCgroup('client');
    pins = mountBpfFileSystem();
  });

  const apply = (where: string, ...more: string[]) => fix(state, ...SPREAD, '--cgroup', where, ...more, '--apply');

  it.each<[string, string, string]>([
    ['of the same cgroup', 'client', 'client'],
    ['of the one above', 'client', 'client/below'],
    ['of one below', 'client/below', 'client'],
  ])('%s is refused, and changes nothing', async (_, has, wants) => {
    const [first, second] = [makeCgroup(has), makeCgroup(wants)];
    for (const running of ['detached', 'in the foreground']) {
      if (running === 'detached') expect(await apply(first, '--detach')).toMatchObject({ code: 0, error: '' });
      else await startFix(state, ...SPREAD, '--cgroup', first, '--apply');
      const before = machineAsItIs(state, second);
      for (const more of [[], ['--detach']]) {
        const refused = await apply(second, ...more);
        expect(refused).toMatchObject({ code: 1, out: '' });
        expect(refused.error).toMatch(
          / are spread already, (?:by|below) .*: sources 127\.9\.0\.1-127\.9\.0\.4 to 127\.0\.0\.1:8080\n/,
        );
        expect(refused.error).toContain('fourtuple fix --undo');
        expect(machineAsItIs(state, second)).toEqual(before);
      }
      expect(await fix(state, '--undo')).toMatchObject({ code: 0, error: '' });
      expect(programsOf(first)).toEqual([]);
    }
  });

  it('of another network namespace is another one', async () => {
    const other = await processInNamespace();
    expect(await apply(cgroup, '--detach')).toMatchObject({ code: 0, error: '' });
    expect(await apply(cgroup, '--detach', '--netns', `${other.pid}`)).toMatchObject({ code: 0, error: '' });
    expect(programsOf(cgroup)).toHaveLength(4);
    expect(await fix(state, '--undo', '1')).toMatchObject({ code: 0, error: '' });
    expect(programsOf(cgroup)).toHaveLength(2);
    const { applied } = await fixReport(state, 'list');
    expect(applied?.map(({ entry, changes }) => [entry.id, changes?.map(({ state: now }) => now)])).toEqual([
      [2, ['made']],
    ]);
    expect(await fix(state, '--undo')).toMatchObject({ code: 0, error: '' });
    expect(programsOf(cgroup)).toEqual([]);
    expect(pinsOn(pins)).toEqual([]);
  });

  it('that comes at the same time is refused or applied, one after the other', async () => {
    const same = await Promise.all([apply(cgroup, '--detach'), apply(cgroup, '--detach')]);
    expect(same.map(({ code }) => code).sort()).toEqual([0, 1]);
    expect(same.find(({ code }) => code === 1)?.error).toContain('are spread already');
    const others = [makeCgroup('one'), makeCgroup('two')];
    const applied = await Promise.all(others.map((where) => apply(where, '--detach')));
    expect(applied.map(({ code }) => code)).toEqual([0, 0]);
    expect(await fix(state, '--undo', 'all')).toMatchObject({ code: 0, error: '' });
    for (const where of [cgroup, ...others]) expect(programsOf(where)).toEqual([]);
    expect(pinsOn(pins)).toEqual([]);
  });
});
