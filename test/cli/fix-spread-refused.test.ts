import { cpSync, existsSync, symlinkSync, truncateSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { mountBpfFileSystem, pinsOn, usesBpfFileSystem } from '../kit/bpf-file-system.ts';
import { makeCgroup, usesCgroups } from '../kit/cgroups.ts';
import { machineAsItIs } from '../kit/fix-spreading.ts';
import { type FixState, fix, newFixState } from '../kit/fixing.ts';
import { addAddress } from '../kit/links.ts';
import { needsPrograms } from '../kit/needs.ts';
import { needsNobody } from '../kit/nobody.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { fourtuple, needsProgram, PROGRAM, run } from '../kit/program.ts';
import { temporaryFolder } from '../kit/proxies.ts';

const SOURCES = ['--sources', '10.9.1.1-10.9.1.2'];
const TO = ['--to', '10.9.0.9:8080'];
const FROM = ['--from', '10.9.0.9:8080'];

describe('a spread that is refused', { timeout: 60_000 }, () => {
  usesPrivateNamespace();
  usesCgroups('cgroup2');
  usesBpfFileSystem();
  needsProgram();

  let state: FixState;
  let cgroup: string;
  let whose: readonly string[];
  beforeEach(() => {
    for (const address of ['10.9.1.1', '10.9.1.2', '10.9.0.9']) addAddress('lo', `${address}/32`);
    state = newFixState();
    cgroup = makeCgroup('client');
    whose = ['--cgroup', cgroup];
  });

  /** @param args behind the remedy @param code its exit code @param words of its message */
  async function expectRefusal(args: readonly string[], code: number, words: string): Promise<void> {
    const before = machineAsItIs(state, cgroup);
    const failed = await fix(state, ...args);
    expect({ args, code: failed.code, out: failed.out }).toEqual({ args, code, out: '' });
    expect(failed.error.replaceAll(/\s+/g, ' ')).toContain(words);
    expect(failed.error).toMatch(/^fourtuple: /);
    expect(failed.error).not.toContain('    at ');
    expect(machineAsItIs(state, cgroup)).toEqual(before);
    expect(existsSync(state.directory)).toBe(false);
  }

  it.each<[readonly string[], number, string]>([
    [['spread-sources', ...TO], 2, 'from which addresses? --sources 10.0.0.10-10.0.0.17'],
    [['spread-sources', ...SOURCES], 2, 'connections to where? --to 10.0.1.9:8080'],
    [['spread-sources', '--sources', '', ...TO], 2, 'no source address is given'],
    [['spread-sources', ...SOURCES, '--to', ''], 2, 'no destination is given'],
    [['spread-sources', '--sources', '10.9.1.300', ...TO], 2, "'10.9.1.300' is not an IP address"],
    [['spread-sources', '--sources', '10.9.1.1,10.9.1.1', ...TO], 2, '10.9.1.1'],
    [
      ['spread-sources', ...SOURCES, ...TO, '--to', '10.9.0.0/24'],
      2,
      'the destination 10.9.0.9:8080 is inside 10.9.0.0/24',
    ],
    [['spread-sources', ...SOURCES, ...TO, ...TO], 2, 'the destination 10.9.0.9:8080 is given twice'],
    [['spread-sources', ...SOURCES, '--to', '10.9.1.2:8080'], 2, '10.9.1.2'],
    [
      ['spread-sources', ...SOURCES, '--to', '[fd00::9]:8080'],
      2,
      'the source 10.9.1.1 meets no destination: none is IPv4',
    ],
    [['spread-sources', '--sources', '192.0.2.1', ...TO], 2, '192.0.2.1 is no address of this network namespace'],
    [
      ['spread-sources', '--sources', '192.0.2.1-192.0.2.9', ...TO],
      2,
      '192.0.2.1-192.0.2.9: 9 sources are no addresses',
    ],
    [['spread-sources', '--sources', '192.0.2.1', '--add-to', 'eth7', ...TO], 2, "there is no link 'eth7'"],
    [['spread-sources', '--sources', '2001:db8::/64', '--to', '[fd00::9]:8080'], 2, '2001:db8::/64 is no address'],
    [['spread-sources', ...SOURCES, ...TO, '--persist'], 2, 'leave out --persist'],
    [['spread-sources', ...SOURCES, ...TO, '--lane', '*:8080'], 2, 'leave out --lane'],
    [['spread-sources', ...SOURCES, ...TO, '--force'], 2, 'leave out --force'],
    [['spread-sources', ...SOURCES, ...TO, '--threshold', '50%'], 2, '--threshold goes with recycle-time-wait'],
    [['spread-sources', ...SOURCES, ...TO, ...FROM], 2, '--from goes with spread-destinations'],
    [['spread-sources', ...SOURCES, ...TO, '--detach', '--for', '10s'], 2, 'leave out --for, or --detach'],
    [['spread-destinations', '--over', '10.9.0.9:8080-8083'], 2, 'which destination do they ask for? --from'],
    [['spread-destinations', ...FROM], 2, 'where are they to go? --over'],
    [
      ['spread-destinations', ...FROM, '--over', '10.9.0.9:8080'],
      2,
      'is no spread: it is the destination that there is',
    ],
    [['spread-destinations', ...FROM, '--over', '[fd00::9]:8080'], 2, 'a socket has one family'],
    [['spread-destinations', ...FROM, '--over', '10.9.0.9'], 2, "'10.9.0.9' has no port"],
    [
      ['spread-destinations', ...FROM, '--over', '10.9.0.9:8080-8081', ...SOURCES],
      2,
      '--sources goes with spread-sources',
    ],
  ])('%j with %i: %s', async (args, code, words) => {
    await expectRefusal([...args, ...whose, '--apply'], code, words);
  });

  it.each<[readonly string[], number, string]>([
    [[], 2, 'whose connections? --unit haproxy, --pid 811, --container ID or --cgroup PATH'],
    [
      ['--cgroup', '/', '--pid', '1'],
      2,
      'one of --cgroup, --unit, --pid and --container says whose connections are meant',
    ],
    [['--cgroup', '/no/such'], 2, '/no/such'],
    [['--pid', '4194304'], 2, '4194304'],
    [['--unit', 'no-such-unit'], 2, 'no-such-unit'],
    [['--container', 'abcdef0123'], 2, 'abcdef0123'],
  ])('without the cgroup that %j names, with %i: %s', async (args, code, words) => {
    await expectRefusal(['spread-sources', ...SOURCES, ...TO, ...args, '--apply'], code, words);
  });

  it('without a bpf file system to be kept on', async () => {
    const args = ['spread-sources', ...SOURCES, ...TO, ...whose, '--detach', '--apply'];
    await expectRefusal(
      args,
      1,
      'no bpf file system is mounted, on which it could be kept mount -t bpf bpf /sys/fs/bpf',
    );
  });

  it('where the kernel does not take its programs', async () => {
    const pins = mountBpfFileSystem();
    const folder = temporaryFolder();
    const root = dirname(dirname(dirname(PROGRAM)));
    for (const name of ['dist', 'bpf', 'package.json'])
      cpSync(join(root, name), join(folder, name), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    truncateSync(join(folder, 'bpf/spread-sources.bpf.o'), 1_000);
    const before = machineAsItIs(state, cgroup);
    for (const more of [[], ['--detach']]) {
      const args = [
        'fix',
        'spread-sources',
        '--sources',
        '192.0.2.1',
        '--add-to',
        'lo',
        ...TO,
        ...whose,
        '--apply',
        ...more,
      ];
      const failed = await run(process.execPath, [join(folder, 'dist/cli/main.js'), ...args], state.options);
      expect({ code: failed.code, out: failed.out }).toEqual({ code: 1, out: '' });
      expect(failed.error).toContain('spread-sources.bpf.o is no eBPF object that libbpf can read');
      expect(machineAsItIs(state, cgroup)).toEqual(before);
      expect(pinsOn(pins)).toEqual([]);
      expect(existsSync(state.directory)).toBe(false);
    }
  });
});

describe('a spread without privileges', { timeout: 60_000 }, () => {
  usesPrivateNamespace();
  usesCgroups('cgroup2');
  needsProgram();

  const args = (cgroup: string): string[] => ['spread-sources', ...SOURCES, ...TO, '--cgroup', cgroup];
  beforeEach(() => {
    for (const address of ['10.9.1.1', '10.9.1.2']) addAddress('lo', `${address}/32`);
  });

  describe('of a user', () => {
    needsNobody();
    it('is shown with what it needs, and refused with the command for root', async () => {
      const state = newFixState();
      const options = { ...state.options, unprivileged: true };
      const what = args(makeCgroup('client'));
      const shown = await fourtuple(['fix', ...what], options);
      expect(shown).toMatchObject({ code: 0, error: '' });
      expect(shown.out).toMatch(/Needs: .*CAP_NET_ADMIN/);
      expect(shown.out).toContain(
        `Nothing was changed. To do it, as root:\n  fourtuple fix ${what.join(' ')} --apply\n`,
      );
      const refused = await fourtuple(['fix', ...what, '--apply'], options);
      expect(refused).toMatchObject({ code: 1, out: '' });
      expect(refused.error).toContain('CAP_NET_ADMIN');
      expect(refused.error).toContain(`Nothing was changed. As root:\n  sudo fourtuple fix ${what.join(' ')} --apply`);
      expect(existsSync(state.directory)).toBe(false);
    });
  });

  describe('to load programs', () => {
    needsPrograms('setpriv');
    it('names the capability', async () => {
      const state = newFixState();
      const cgroup = makeCgroup('client');
      const drop = ['--bounding-set', '-bpf,-perfmon,-sys_admin', '--inh-caps', '-bpf,-perfmon,-sys_admin'];
      const before = machineAsItIs(state, cgroup);
      const refused = await run(
        'setpriv',
        [...drop, process.execPath, PROGRAM, 'fix', ...args(cgroup), '--apply'],
        state.options,
      );
      expect(refused).toMatchObject({ code: 1, out: '' });
      expect(refused.error).toMatch(/^fourtuple: .*CAP_BPF/);
      expect(machineAsItIs(state, cgroup)).toEqual(before);
      expect(existsSync(state.directory)).toBe(false);
    });
  });
});
