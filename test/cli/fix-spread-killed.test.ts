import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mountBpfFileSystem, pinsOn, usesBpfFileSystem } from '../kit/bpf-file-system.ts';
import { makeCgroup, usesCgroups } from '../kit/cgroups.ts';
import { programsOf } from '../kit/fix-spreading.ts';
import { type FixState, fix, newFixState } from '../kit/fixing.ts';
import { ip } from '../kit/ip-command.ts';
import { killAt, type Step, type Stepped, stepsOf } from '../kit/kill-steps.ts';
import { needsPrograms } from '../kit/needs.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { needsProgram, PROGRAM } from '../kit/program.ts';

const SPREAD = ['spread-sources', '--sources', '10.9.1.1-10.9.1.2', '--add-to', 'lo', '--to', '10.9.0.9:8080'];
const UNDO = ['--undo'];
/** What changes something: an address, a program, a link, a pin, or what is counted. */
const CHANGES = /RTM_(?:NEW|DEL)ADDR|BPF_(?:LINK_CREATE|LINK_DETACH|OBJ_PIN|RAW_TRACEPOINT_OPEN)|unlink|rmdir|mkdir/;

describe('fix spread-sources --detach that is killed', { timeout: 240_000 }, () => {
  usesPrivateNamespace();
  usesCgroups('cgroup2');
  usesBpfFileSystem();
  needsProgram();
  needsPrograms('strace');

  /** What it may be killed at: writing the journal, and changing the machine. */
  function stepped(state: FixState, args: readonly string[]): readonly Stepped[] {
    const command = [process.execPath, PROGRAM, 'fix', ...args];
    const { options } = state;
    const journal = [state.directory, join(state.directory, 'journal'), join(state.directory, 'lock')];
    const calls = ['sendto', 'sendmsg', 'bpf', 'mkdir', 'mkdirat', 'unlink', 'unlinkat', 'rmdir'];
    return [
      { command, options, paths: journal, calls: ['write', 'pwrite64', 'fsync', 'ftruncate', 'flock'] },
      { command, options, paths: [], calls, isStep: CHANGES },
    ];
  }

  const machine = (cgroup: string, pins: string): string[] => [
    ip('-oneline address'),
    ...programsOf(cgroup),
    ...pinsOn(pins),
  ];

  it.each(['apply', 'undo'])('at any step of its %s has changed nothing, or can be undone', async (what) => {
    const cgroup = makeCgroup('client');
    const pins = mountBpfFileSystem();
    const apply = [...SPREAD, '--cgroup', cgroup, '--detach', '--apply'];
    const args = what === 'apply' ? apply : UNDO;
    const before = machine(cgroup, pins);
    const newState = async (): Promise<FixState> => {
      const state = newFixState();
      if (what === 'undo') expect(await fix(state, ...apply)).toMatchObject({ code: 0 });
      return state;
    };
    const takeBack = async (state: FixState, step: Step | null): Promise<void> => {
      const undone = await fix(state, ...UNDO);
      expect({ step, code: undone.code, error: undone.error }).toEqual({ step, code: 0, error: '' });
      expect({ step, machine: machine(cgroup, pins) }).toEqual({ step, machine: before });
      expect((await fix(state, ...UNDO)).out).toContain('Nothing to take back');
    };
    const reached = new Set<string>();
    for (const kind of [0, 1]) {
      const whole = await newState();
      const steps = await stepsOf(stepped(whole, args)[kind] as Stepped);
      await takeBack(whole, null);
      expect(steps.length).toBeGreaterThan(5);
      for (const step of steps) {
        const state = await newState();
        await killAt(step, stepped(state, args)[kind] as Stepped);
        reached.add(machine(cgroup, pins).join('\n'));
        await takeBack(state, step);
      }
    }
    // With one address, with two, with some of the programs, with all of them.
    expect(reached.size).toBeGreaterThan(4);
  });
});
