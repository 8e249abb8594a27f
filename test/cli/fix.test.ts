import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { timeWait } from '../kit/closings.ts';
import { hold, serve } from '../kit/connections.ts';
import { everything, type FixState, fix, fixReport, newFixState } from '../kit/fixing.ts';
import { listenAt } from '../kit/native-socket.ts';
import { createNamespace, currentNamespace, inside } from '../kit/network-namespace.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { needsProgram, PROGRAM } from '../kit/program.ts';
import { shareWithProcess } from '../kit/socket-sharing.ts';
import { readSysctl, setPortRange, writeSysctl } from '../kit/sysctl.ts';

/** All that changes settings, with something to change in a namespace that is like a new one. */
const REMEDIES = ['wider-range', 'tcp-tw-reuse', 'shorter-reuse-delay', 'reserve-listeners', 'lower-fin-timeout'];

let state: FixState;

/** A lane of 20 connections, 40 slots in TIME_WAIT, and a listener inside the range. */
function populate(): void {
  setPortRange(40_000, 40_199);
  writeSysctl('ipv4.tcp_tw_reuse', 0);
  listenAt('127.0.0.1', 40_100);
  const to = serve('127.0.0.1', 9000);
  hold(20, to);
  timeWait(40, to);
}

describe('fourtuple fix', () => {
  usesPrivateNamespace();
  needsProgram();

  beforeEach(() => {
    state = newFixState();
  });

  describe('without a remedy', () => {
    it('lists what can be applied with its exact change and what it gives, and touches nothing', async () => {
      populate();
      const before = everything(state);
      const { code, out, error } = await fix(state);
      expect({ code, error }).toEqual({ code: 0, error: '' });
      expect(out.replaceAll(/\s+/g, ' ')).toContain(
        'to the fullest lane, 127.0.0.1>127.0.0.1:9000 (60 of 199 slots used',
      );
      expect(out).toMatch(/tcp-tw-reuse +199 .* yes\n {2}tcp_tw_reuse 0 → 1\n/);
      expect(out).toMatch(
        /wider-range +64,510 .*\n {2}ip_local_reserved_ports \(none\) → 9000,40100\n.*→ 1024 65535\n/,
      );
      expect(out).toMatch(/recycle-time-wait +199 .*\n {2}releases, of 40 TIME_WAIT slots/);
      expect(out).toContain('Nothing has been applied.');
      expect(everything(state)).toEqual(before);
      expect(existsSync(state.directory)).toBe(false);
    });

    it('says what cannot be applied, and why', async () => {
      populate();
      writeSysctl('ipv4.tcp_tw_reuse', 1);
      const { remedies, unavailable } = await fixReport(state, 'list');
      expect(unavailable).toContainEqual({ id: 'tcp-tw-reuse', why: 'tcp_tw_reuse is already 1' });
      expect(remedies.map(({ id }) => id)).toContain('wider-range');
    });

    it('has figures for a lane that is to come where there is none', async () => {
      const { remedies } = await fixReport(state, 'list');
      expect(remedies[0]?.effect).toMatchObject({ source: '*', port: 0, used: 0 });
      expect((await fix(state)).out.replaceAll(/\s+/g, ' ')).toContain('to any new lane, for none has a connection');
    });

    it('lists what is applied, and what has become of it', async () => {
      populate();
      await fixReport(state, 'applied', 'tcp-tw-reuse', '--apply', '--observe', '0');
      await fixReport(state, 'applied', 'wider-range', '--apply', '--observe', '0');
      await fixReport(state, 'applied', 'lower-fin-timeout', '--apply', '--observe', '0');
      writeSysctl('ipv4.tcp_tw_reuse', 0);
      writeSysctl('ipv4.tcp_fin_timeout', 33);
      const { applied } = await fixReport(state, 'list');
      expect(applied?.map(({ entry, changes }) => [entry.id, changes?.map((change) => change.state)])).toEqual([
        [3, ['changed']],
        [2, ['made', 'made']],
        [1, ['back']],
      ]);
      const { out } = await fix(state);
      expect(out).toMatch(/ {2}3 {2}lower-fin-timeout in .* UTC\n.*tcp_fin_timeout 60 → 15: changed since, to 33\n/);
      expect(out).toContain('To take one back: fourtuple fix --undo 3');
    });
  });

  describe('with a remedy', () => {
    it.each(REMEDIES)('says what %s would change, and touches nothing', async (remedy) => {
      populate();
      if (remedy === 'shorter-reuse-delay') writeSysctl('ipv4.tcp_tw_reuse', 1);
      const before = everything(state);
      const report = await fixReport(state, 'preview', remedy);
      const { code, out, error } = await fix(state, remedy);
      expect({ code, error }).toEqual({ code: 0, error: '' });
      for (const { setting, from, to } of report.changes) {
        expect(from).toBe(readSysctl(`ipv4.${setting}`).replaceAll('\t', ' '));
        expect(out).toMatch(new RegExp(`${setting} +${from || '\\(none\\)'} → ${to}\n`));
        expect(report.byHand?.text).toContain(`sysctl -w net.ipv4.${setting}=`);
      }
      expect(out).toContain(`To make it so:\n  fourtuple fix ${remedy} --apply\nOr by hand, as root:\n  sysctl -w`);
      expect(everything(state)).toEqual(before);
      expect(existsSync(state.directory)).toBe(false);
    });

    it('repeats the command line that it was given', async () => {
      populate();
      const args = ['--lane', '*>127.0.0.1:9000', 'wider-range', '--to', '40000-50001'];
      const { command, lanes, notes } = await fixReport(state, 'preview', ...args);
      expect(command).toBe("fourtuple fix --lane '*>127.0.0.1:9000' wider-range --to 40000-50001 --apply");
      expect(lanes).toMatchObject([{ slots: { before: 199, predicted: 10_001 } }]);
      expect(notes).toEqual([expect.stringContaining('other lanes')]);
    });
  });

  describe('--apply', () => {
    it.each(REMEDIES)('makes the changes of %s, and --undo leaves every setting as it was', async (remedy) => {
      populate();
      if (remedy === 'shorter-reuse-delay') writeSysctl('ipv4.tcp_tw_reuse', 1);
      const before = everything(state);
      const { changes, id, undo } = await fixReport(state, 'applied', remedy, '--apply', '--observe', '0');
      for (const { setting, to } of changes) expect(readSysctl(`ipv4.${setting}`).replaceAll('\t', ' ')).toBe(to);
      expect({ id, undo }).toEqual({ id: 1, undo: 'fourtuple fix --undo 1' });
      const { undone } = await fixReport(state, 'undone', '--undo');
      expect(undone).toMatchObject([{ id: 1, how: 'undone', alreadyBack: [] }]);
      expect(undone[0]?.restored).toHaveLength(changes.length);
      expect(everything(state)).toMatchObject(before);
    });

    it('shows what was predicted beside what it sees', async () => {
      populate();
      const { lanes, asPredicted, observedSeconds } = await fixReport(
        ...([state, 'applied', 'wider-range', '--apply', '--observe', '100ms'] as const),
      );
      expect({ asPredicted, observedSeconds }).toEqual({ asPredicted: true, observedSeconds: 0.1 });
      expect(lanes).toMatchObject([{ slots: { before: 199, predicted: 64_510, observed: 64_510 }, asPredicted: true }]);
      const { code, out, error } = await fix(state, 'tcp-tw-reuse', '--apply', '--observe', '100ms');
      expect({ code, error }).toEqual({ code: 0, error: '' });
      expect(out).toMatch(/tcp-tw-reuse is applied in .*, as entry 2:\n {2}tcp_tw_reuse {2}0 → 1\n/);
      expect(out).toMatch(
        /BEFORE +PREDICTED +OBSERVED\n127\.0\.0\.1>127\.0\.0\.1:9000\n {2}slots +64,510 +64,510 +64,510\n/,
      );
      expect(out).toMatch(/\nAs predicted\.\n\nTo take it back: fourtuple fix --undo 2\n$/);
    });

    it('finds nothing to do the second time, and says which entry made it so', async () => {
      populate();
      await fixReport(state, 'applied', 'tcp-tw-reuse', '--apply', '--observe', '0');
      const before = everything(state);
      for (const more of [[], ['--apply']]) {
        const { why, entry } = await fixReport(state, 'nothing', 'tcp-tw-reuse', ...more);
        expect({ why, id: entry?.id }).toEqual({ why: 'tcp_tw_reuse is already 1', id: 1 });
        expect(await fix(state, 'tcp-tw-reuse', ...more)).toMatchObject({
          code: 0,
          out: expect.stringMatching(/^Nothing to do: tcp_tw_reuse is already 1\. Entry 1 /),
        });
      }
      expect(everything(state)).toEqual({ ...before, [`${state.directory}/lock`]: '' });
    });

    it('changes another namespace than its own, and takes it back from outside', async () => {
      populate();
      const before = everything(state);
      const other = createNamespace();
      const pid = await inside(other, () => {
        const [first] = hold(1, serve('127.0.0.1', 9000));
        return first === undefined ? 0 : shareWithProcess(first.client);
      });
      const { namespace } = await fixReport(
        state,
        'applied',
        'tcp-tw-reuse',
        '-n',
        `${pid}`,
        '--apply',
        '--observe',
        '100ms',
      );
      expect(namespace.inode).toBe(other.inode);
      expect(inside(other, () => readSysctl('ipv4.tcp_tw_reuse'))).toBe('1');
      expect(readSysctl('ipv4.tcp_tw_reuse')).toBe('0');
      await fixReport(state, 'undone', '--undo');
      expect(inside(other, () => readSysctl('ipv4.tcp_tw_reuse'))).toBe('2');
      expect(everything(state)).toMatchObject(before);
    });

    it.each([
      ['SIGINT', 130],
      ['SIGTERM', 143],
    ] as const)('stands after %s while lanes are watched, and says how to take it back', async (signal, code) => {
      populate();
      const args = [PROGRAM, 'fix', 'tcp-tw-reuse', '--apply', '--observe', '10m'];
      const child = spawn(process.execPath, args, { env: state.options.env });
      let [out, error] = ['', ''];
      child.stdout.setEncoding('utf8').on('data', (text) => {
        out += text;
        if (out.includes('tcp_tw_reuse  0 → 1')) child.kill(signal);
      });
      child.stderr.setEncoding('utf8').on('data', (text) => {
        error += text;
      });
      expect(await once(child, 'close')).toEqual([code, null]);
      expect(error).toBe('fourtuple: the change stands; to take it back: fourtuple fix --undo 1\n');
      expect(readSysctl('ipv4.tcp_tw_reuse')).toBe('1');
      expect((await fixReport(state, 'undone', '--undo')).undone).toMatchObject([{ id: 1 }]);
    });

    it('keeps in the journal where it was, and what was there', async () => {
      populate();
      await fixReport(state, 'applied', 'tcp-tw-reuse', '--apply', '--observe', '0');
      const [line = ''] = readFileSync(`${state.directory}/journal`, 'utf8').split('\n');
      expect(JSON.parse(line)).toMatchObject({
        remedy: 'tcp-tw-reuse',
        namespace: { inode: currentNamespace().inode, isHost: false },
        changes: [{ setting: 'tcp_tw_reuse', from: '0', to: '1' }],
      });
    });
  });
});
