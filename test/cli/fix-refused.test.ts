import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { hold, serve } from '../kit/connections.ts';
import { everything, type FixState, fix, fixReport, newFixState } from '../kit/fixing.ts';
import { needsPrograms } from '../kit/needs.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { fourtuple, needsProgram, PROGRAM, run } from '../kit/program.ts';
import { readSysctl, setPortRange } from '../kit/sysctl.ts';

const KNOWN =
  'wider-range, spread-sources, spread-destinations, tcp-tw-reuse, shorter-reuse-delay, recycle-time-wait, reserve-listeners, lower-fin-timeout';

describe('fourtuple fix', () => {
  usesPrivateNamespace();
  needsProgram();

  let state: FixState;
  let before: Record<string, string>;
  beforeEach(() => {
    state = newFixState();
    before = everything(state);
  });

  it.each([
    [['tcp-tw-resue'], 2, "there is no remedy 'tcp-tw-resue', did you mean tcp-tw-reuse?"],
    [['tcp-tw-resue'], 2, `What fix can apply: ${KNOWN}.`],
    [['keep-connections'], 1, 'keep-connections is nothing that fix can apply'],
    [['keep-connections'], 1, '`fourtuple doctor --full` shows what to write'],
    [['wider-range', '--to', '1023-65534'], 2, 'The nearest good range is 1024-65535: --to 1024-65535'],
    [['wider-range', '--to', '40000-50000'], 2, 'The nearest good range is 40000-50001: --to 40000-50001'],
    [['wider-range', '--to', '40000-40000'], 2, 'is a single port'],
    [['wider-range', '--to', '40000-40001'], 2, 'it is not wider'],
    [['wider-range', '--to', '65535-1024'], 2, 'it is upside down'],
    [['tcp-tw-reuse', '--lane', '*>127.0.0.1:9000'], 2, 'no lane is the one that --lane names'],
    [['tcp-tw-reuse', '--persist'], 2, 'only settings of the host are kept across boots'],
    [['tcp-tw-reuse', '--netns', 'no-such-name'], 1, "there is no network namespace 'no-such-name'"],
    [['--apply'], 2, '--apply goes with a remedy'],
  ])('%j ends with %i and says why, with --apply too, and changes nothing', async (args, code, words) => {
    for (const more of args.includes('--apply') ? [] : [[], ['--apply']]) {
      const run = await fix(state, ...args, ...more);
      expect(run).toMatchObject({ code, out: '', error: expect.stringContaining(words) });
      expect(run.error).not.toContain('    at ');
    }
    const { [`${state.directory}/lock`]: _, ...after } = everything(state);
    expect(after).toEqual(before);
  });

  describe('where it is of no use', () => {
    beforeEach(() => {
      setPortRange(40_000, 40_199);
      before = everything(state);
      hold(20, serve('127.0.0.1', 9000), { from: '127.0.0.3', boundBefore: true });
    });

    it('says so', async () => {
      const { refusal, command, lanes } = await fixReport(state, 'preview', 'tcp-tw-reuse');
      expect(refusal).toMatch(
        /^tcp-tw-reuse does not apply to 127\.0\.0\.3>127\.0\.0\.1:9000: the sockets are bound before/,
      );
      expect(command).toBe('fourtuple fix tcp-tw-reuse --force --apply');
      expect(lanes).toMatchObject([{ safe: false }]);
    });

    it('is not applied, unless it is forced', async () => {
      const { code, out, error } = await fix(state, 'tcp-tw-reuse', '--apply');
      expect({ code, out }).toEqual({ code: 1, out: '' });
      expect(error).toMatch(/^fourtuple: tcp-tw-reuse does not apply to .*\nNothing was changed\. --force applies it/);
      expect(readSysctl('ipv4.tcp_tw_reuse')).toBe('2');
      expect((await fixReport(state, 'list')).applied).toEqual([]);
      await fixReport(state, 'applied', 'tcp-tw-reuse', '--apply', '--force', '--observe', '0');
      expect(readSysctl('ipv4.tcp_tw_reuse')).toBe('1');
    });
  });

  it('changes nothing where the journal is garbage, and says so; the list is shown all the same', async () => {
    mkdirSync(state.directory);
    writeFileSync(join(state.directory, 'journal'), 'garbage\n{}\n');
    const { applied, notes, remedies } = await fixReport(state, 'list');
    expect({ applied, notes }).toEqual({
      applied: null,
      notes: [expect.stringMatching(/^What is applied now is not known: .*journal/)],
    });
    expect(remedies.length).toBeGreaterThan(0);
    await fixReport(state, 'preview', 'tcp-tw-reuse');
    for (const args of [['tcp-tw-reuse', '--apply'], ['--undo']]) {
      expect(await fix(state, ...args)).toMatchObject({ code: 1, out: '', error: expect.stringContaining('journal') });
    }
    expect(readFileSync(join(state.directory, 'journal'), 'utf8')).toBe('garbage\n{}\n');
    expect(everything(state)).toMatchObject(before);
  });

  it('changes nothing where the folder of the journal cannot be made', async () => {
    const directory = '/proc/sys/fourtuple';
    const { code, out, error } = await fourtuple(['fix', 'tcp-tw-reuse', '--apply'], {
      env: { FOURTUPLE_STATE_DIRECTORY: directory },
    });
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(error).toContain(directory);
    expect(everything(state)).toEqual(before);
  });

  describe('on a machine', () => {
    needsPrograms('unshare', 'mount');

    /** Runs it in a mount namespace of its own, prepared by a script. */
    const withMounts = (script: string, ...args: string[]) =>
      run(
        'unshare',
        ['--mount', 'sh', '-ec', `${script}; exec "$@"`, 'sh', process.execPath, PROGRAM, 'fix', ...args],
        state.options,
      );

    it('with a read-only /proc/sys changes nothing, and says so', async () => {
      const { code, out, error } = await withMounts('mount -o bind,ro /proc/sys /proc/sys', 'tcp-tw-reuse', '--apply');
      expect({ code, out }).toEqual({ code: 1, out: '' });
      expect(error).toMatch(/^fourtuple: .*tcp_tw_reuse .*read-only/m);
      expect((await fixReport(state, 'list')).applied).toEqual([]);
      expect(everything(state)).toMatchObject(before);
    });

    it('with a full disk changes nothing, and says so', async () => {
      mkdirSync(state.directory);
      const fill = `mount -t tmpfs -o size=4k none ${state.directory}; cat /dev/zero > ${state.directory}/lock 2>/dev/null || true`;
      const { code, out, error } = await withMounts(fill, 'tcp-tw-reuse', '--apply');
      expect({ code, out }).toEqual({ code: 1, out: '' });
      expect(error).toMatch(/^fourtuple: .*the disk is full/m);
      expect(everything(state)).toMatchObject(before);
    });
  });

  describe('while another one changes settings', () => {
    needsPrograms('flock');

    it('waits, and says for whom', async () => {
      mkdirSync(state.directory);
      const lock = join(state.directory, 'lock');
      const holder = spawn('flock', [lock, 'sh', '-c', 'echo held; read line'], { stdio: ['pipe', 'pipe', 'inherit'] });
      await once(holder.stdout, 'data');
      const waiting = spawn(process.execPath, [PROGRAM, 'fix', 'tcp-tw-reuse', '--apply', '--observe', '0'], {
        env: state.options.env,
      });
      const closed = once(waiting, 'close');
      waiting.stdout.resume();
      const [said] = await once(waiting.stderr.setEncoding('utf8'), 'data');
      expect(said).toMatch(/^fourtuple: waiting for .*, which is changing settings\n$/);
      expect(readSysctl('ipv4.tcp_tw_reuse')).toBe('2');
      holder.stdin.end('\n');
      expect(await closed).toEqual([0, null]);
      expect(readSysctl('ipv4.tcp_tw_reuse')).toBe('1');
    });
  });
});

describe('fourtuple fix on the host', () => {
  needsProgram();
  beforeEach(({ skip }) => {
    if (!existsSync('/proc/sys/net/core/netdev_max_backlog')) skip("needs the host's network namespace");
  });

  it('shows the line of the sysctl file that --persist would write, and writes none', async () => {
    const state = newFixState();
    const file = '/etc/sysctl.d/90-fourtuple.conf';
    const [before, there] = [everything(state), existsSync(file)];
    const { changes } = await fixReport(state, 'preview', 'wider-range', '--persist');
    expect(changes.filter(({ kind }) => kind === 'sysctl.d')).toContainEqual({
      ...{ kind: 'sysctl.d', setting: 'ip_local_port_range', to: '1024 65535' },
      from: null,
    });
    expect(everything(state)).toEqual(before);
    expect(existsSync(file)).toBe(there);
  });
});
