import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { killAt, type Step, type Stepped, stepsOf } from '../kit/kill-steps.ts';
import { listenAt } from '../kit/native-socket.ts';
import { needsPrograms } from '../kit/needs.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { fourtuple, needsProgram, PROGRAM } from '../kit/program.ts';
import { temporaryFolder } from '../kit/proxies.ts';
import { readSysctl } from '../kit/sysctl.ts';

const CHANGED = ['ip_local_reserved_ports', 'ip_local_port_range'];
const APPLY = ['fix', 'wider-range', '--apply', '--observe', '0'];
const UNDO = ['fix', '--undo'];

const settings = (): string[] => CHANGED.map((name) => readSysctl(`ipv4.${name}`));

/** A run of the program with a journal of its own, and what it may be killed at. */
function stepped(args: readonly string[], state: string): Stepped {
  return {
    command: [process.execPath, PROGRAM, ...args],
    paths: [state, join(state, 'journal'), join(state, 'lock'), ...CHANGED.map((name) => `/proc/sys/net/ipv4/${name}`)],
    options: withJournal(state),
  };
}

const withJournal = (state: string) => ({ env: { FOURTUPLE_STATE_DIRECTORY: state } });

describe('fix that is killed', { timeout: 240_000 }, () => {
  usesPrivateNamespace();
  needsProgram();
  needsPrograms('strace');

  let folder: string;
  let runs = 0;
  const newState = (): string => {
    runs += 1;
    return join(folder, `${runs}`, 'state');
  };

  beforeEach(() => {
    folder = temporaryFolder();
    // Inside the wider range, so that there are two changes.
    listenAt('127.0.0.1', 8080);
  });

  const named = ({ call, nth }: Step): string => `killed at ${call} ${nth}`;

  /** Whatever was done has a way back; and then there is nothing left to take back. */
  async function expectWayBack(state: string, before: readonly string[], what: string): Promise<void> {
    const undone = await fourtuple(UNDO, withJournal(state));
    expect({ what, code: undone.code, error: undone.error }).toEqual({ what, code: 0, error: '' });
    expect({ what, settings: settings() }).toEqual({ what, settings: before });
    const again = await fourtuple(UNDO, withJournal(state));
    expect({ what, ...again }).toEqual({
      what,
      code: 0,
      error: '',
      out: expect.stringContaining('Nothing to take back'),
    });
  }

  it('between any two of its steps has changed nothing, or can be undone', async () => {
    const before = settings();
    const whole = newState();
    const steps = await stepsOf(stepped(APPLY, whole));
    const after = settings();
    expect(after).not.toEqual(before);
    await expectWayBack(whole, before, 'not killed');
    for (const call of ['flock', 'fsync', 'write']) expect(steps.map((step) => step.call)).toContain(call);
    const reached = new Set<string>();
    for (const step of steps) {
      const state = newState();
      await killAt(step, stepped(APPLY, state));
      reached.add(settings().join(' '));
      await expectWayBack(state, before, named(step));
    }
    // Not one of the two, one, and both.
    expect(reached.size).toBe(3);
  });

  it('in its undo can be undone again', async () => {
    const before = settings();
    const whole = newState();
    const apply = async (state: string): Promise<void> => {
      expect(await fourtuple(APPLY, withJournal(state))).toMatchObject({ code: 0 });
    };
    await apply(whole);
    const after = settings();
    const steps = await stepsOf(stepped(UNDO, whole));
    const reached = new Set<string>();
    for (const step of steps) {
      const state = newState();
      await apply(state);
      expect(settings()).toEqual(after);
      await killAt(step, stepped(UNDO, state));
      reached.add(settings().join(' '));
      // It may have come to its end already.
      const undone = await fourtuple(UNDO, withJournal(state));
      expect({ step, code: undone.code, error: undone.error }).toEqual({ step, code: 0, error: '' });
      expect({ step, settings: settings() }).toEqual({ step, settings: before });
    }
    expect(reached.size).toBe(3);
  });
});
