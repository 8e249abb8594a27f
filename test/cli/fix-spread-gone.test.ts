import { describe, expect, it } from 'vitest';
import { mountBpfFileSystem, pinsOn } from '../kit/bpf-file-system.ts';
import { makeCgroup, usesCgroups } from '../kit/cgroups.ts';
import { endProcess, processInNamespace, programsOf } from '../kit/fix-spreading.ts';
import { fix, fixReport, newFixState } from '../kit/fixing.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { needsProgram } from '../kit/program.ts';

const SPREAD = ['spread-sources', '--sources', '127.9.0.1-127.9.0.4', '--to', '127.0.0.1:8080'];

describe('a spread whose network namespace has gone', { timeout: 60_000 }, () => {
  usesPrivateNamespace();
  usesCgroups('cgroup2');
  needsProgram();

  // That it has gone can be known in the machine's own mount namespace alone.
  it('is detached all the same, and its entry closed', async () => {
    const state = newFixState();
    const cgroup = makeCgroup('client');
    const pins = mountBpfFileSystem();
    const other = await processInNamespace();
    const args = [...SPREAD, '--cgroup', cgroup, '--netns', `${other.pid}`, '--detach', '--apply'];
    expect(await fix(state, ...args)).toMatchObject({ code: 0, error: '' });
    expect(programsOf(cgroup)).toHaveLength(2);
    await endProcess(other);
    const { applied } = await fixReport(state, 'list');
    expect(applied?.[0]?.why).toContain('its namespace has gone');
    const undone = await fix(state, '--undo');
    expect(undone).toMatchObject({ code: 0, error: '' });
    expect(undone.out.replaceAll(/\s+/g, ' ')).toContain('is closed: its namespace is there no more');
    expect(programsOf(cgroup)).toEqual([]);
    expect(pinsOn(pins)).toEqual([]);
  });
});
