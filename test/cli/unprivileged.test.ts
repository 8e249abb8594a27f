import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { timeWait } from '../kit/closings.ts';
import { hold, serve } from '../kit/connections.ts';
import { fillWithTimeWait } from '../kit/fill.ts';
import { createNamespace, inside } from '../kit/network-namespace.ts';
import { NOBODY, needsNobody } from '../kit/nobody.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { fourtuple, needsProgram, reportBy } from '../kit/program.ts';
import { shareWithProcess } from '../kit/socket-sharing.ts';
import { readSysctl, setPortRange, writeSysctl } from '../kit/sysctl.ts';

/** Rates, and what is computed with them, depend on when it was looked. */
const AT_ANOTHER_TIME = {
  ...{ opensPerSecond: null, rates: null, holdSeconds: null },
  ...{ secondsToCliff: null, secondsToExhaustion: null, settlesAt: null },
};

describe('without privileges', () => {
  usesPrivateNamespace();
  needsProgram();
  needsNobody();

  beforeEach(() => {
    setPortRange(40_000, 40_199);
    writeSysctl('ipv4.tcp_tw_reuse', 0);
    const to = serve('127.0.0.1', 9000);
    hold(20, to);
    timeWait(15, to);
    hold(12, serve('127.0.0.1', 9001), { from: '127.0.0.3', boundBefore: true });
  });

  it('the lanes are the same, and what is missing is said: whose they are, and certainty about bound ones', async () => {
    const search = ['--owners', '30s'];
    const [privileged] = (await reportBy(search)).namespaces;
    const [namespace] = (await reportBy(search, NOBODY)).namespaces;
    const unowned = <T extends { processes: unknown }>(list: readonly T[] = []) =>
      list.map((one) => ({ ...one, ...AT_ANOTHER_TIME, processes: [] }));
    expect(unowned(namespace?.lanes)).toEqual(unowned(privileged?.lanes));
    expect(namespace?.lanes.flatMap(({ processes }) => processes)).toEqual([]);
    expect(unowned(namespace?.ports.blockers)).toEqual(unowned(privileged?.ports.blockers));
    expect(namespace?.totals).toEqual(privileged?.totals);
    expect(privileged?.notes).toEqual([]);
    expect(namespace?.notes).toEqual([
      expect.stringContaining('with CAP_NET_ADMIN the kernel is asked'),
      expect.stringMatching(/^Some owners are not known: .* CAP_SYS_PTRACE/),
    ]);
    const { code, out, error } = await fourtuple(search, NOBODY);
    expect({ code, error }).toEqual({ code: 0, error: '' });
    expect(out).toMatch(/127\.0\.0\.1>127\.0\.0\.1:9000 .* 35 +188 +153 /);
    expect(out.replaceAll(/\s+/g, ' ')).toMatch(/note: Some owners are not known: .* CAP_SYS_PTRACE/);
  });

  it('too few bound sockets to show by their ports are not seen', async () => {
    hold(4, serve('127.0.0.1', 9002), { from: '127.0.0.3', boundBefore: true });
    const usable = async (options = {}) => (await reportBy([], options)).namespaces[0]?.ports.usable;
    expect([await usable(), await usable(NOBODY)]).toEqual([184, 188]);
  });

  it('another namespace is refused, with what it needs', async () => {
    const pid = await inside(createNamespace(), () => {
      const [first] = hold(1, serve('127.0.0.1', 9000));
      return first === undefined ? 0 : shareWithProcess(first.client);
    });
    const { code, out, error } = await fourtuple(['--netns', `${pid}`], NOBODY);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(error).toContain(`the network namespace of process ${pid} may not be opened`);
    expect(error).toContain('CAP_SYS_PTRACE');
  });

  it('--all has this namespace, and says that others could not be read', async () => {
    const { code, out, error } = await fourtuple(['--all', '--json'], NOBODY);
    expect(code).toBe(0);
    expect(JSON.parse(out).namespaces[0]).toMatchObject({ totals: { used: 47 } });
    expect(error).toMatch(/^fourtuple: .*network namespaces? could not be read: needs CAP_SYS_PTRACE$/m);
  });

  describe('fix', () => {
    const CAPABILITY = /needs root \(CAP_NET_ADMIN\), which this process does not have/;
    const COMMAND = /as root:\n {2}sysctl -w net\.ipv4\.tcp_tw_reuse=1\n/;
    const directory = join(tmpdir(), `fourtuple-nobody-${process.pid}`);
    const options = { ...NOBODY, env: { FOURTUPLE_STATE_DIRECTORY: directory } };

    it('lists what can be applied, and says what it lacks', async () => {
      const { code, out, error } = await fourtuple(['fix'], options);
      expect({ code, error }).toEqual({ code: 0, error: '' });
      expect(out.replaceAll(/\s+/g, ' ')).toMatch(CAPABILITY);
      expect(out).toMatch(/tcp-tw-reuse +\d+ .*\n {2}tcp_tw_reuse 0 → 1\n/);
    });

    it('says what it would change, with the commands for root', async () => {
      const { code, out, error } = await fourtuple(['fix', 'tcp-tw-reuse'], options);
      expect({ code, error }).toEqual({ code: 0, error: '' });
      expect(out.replaceAll(/\s+/g, ' ')).toMatch(CAPABILITY);
      expect(out).toMatch(COMMAND);
    });

    it('changes nothing with --apply, and has the commands for root', async () => {
      const { code, out, error } = await fourtuple(['fix', 'tcp-tw-reuse', '--apply'], options);
      expect({ code, out }).toEqual({ code: 1, out: '' });
      expect(error).toMatch(CAPABILITY);
      expect(error).toMatch(COMMAND);
      expect(readSysctl('ipv4.tcp_tw_reuse')).toBe('0');
      expect(existsSync(directory)).toBe(false);
    });

    it('has nothing to take back', async () => {
      const { code, out, error } = await fourtuple(['fix', '--undo'], options);
      expect({ code, error }).toEqual({ code: 0, error: '' });
      expect(out).toContain('Nothing to take back');
    });
  });

  it('doctor finds what is wrong, and says with --trace what it lacks', async () => {
    fillWithTimeWait(serve('127.0.0.1', 9002), { portRange: [40_000, 40_199] });
    const plain = await fourtuple(['doctor'], NOBODY);
    expect(plain).toMatchObject({ code: 0, error: '' });
    expect(plain.out).toContain('127.0.0.1>127.0.0.1:9002 is exhausted');
    const traced = await fourtuple(['doctor', '--trace', '100ms'], NOBODY);
    expect(traced).toMatchObject({ code: 1, out: '' });
    expect(traced.error).toMatch(/^fourtuple: .*trac/);
  });
});
