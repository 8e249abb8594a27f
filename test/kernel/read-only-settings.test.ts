import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { applyChanges } from '../../src/changes/apply.ts';
import { previewChanges } from '../../src/changes/changeable.ts';
import { Journal } from '../../src/changes/journal.ts';
import { undoEntry } from '../../src/changes/undo.ts';
import { change, failureOf, placeHere } from '../kit/changes.ts';
import { checked, libc } from '../kit/libc-calls.ts';
import { needsPrograms } from '../kit/needs.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { temporaryFolder } from '../kit/proxies.ts';
import { readSysctl } from '../kit/sysctl.ts';

const CLONE_NEWNS = 0x20000;
const CHANGES = [change('tcp_timestamps', '0'), change('tcp_tw_reuse', '1')];

function run(command: string, ...args: readonly string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
}

/** Makes a file or a folder read-only, until the test ends. */
function mountReadOnly(path: string): void {
  run('mount', '--bind', path, path);
  onTestFinished(() => run('umount', path));
  run('mount', '-o', 'remount,ro,bind', path);
}

// This process has mounts of its own from here on, and is no test file's but this one's.
describe('where files are mounted read-only', () => {
  usesPrivateNamespace();
  needsPrograms('mount');
  beforeEach(() => {
    checked('unshare', libc.unshare(CLONE_NEWNS));
    run('mount', '--make-rprivate', '/');
  });

  it('no setting is changed, and the journal is not touched', () => {
    const [journal, place] = [new Journal(temporaryFolder()), placeHere()];
    const changes = previewChanges(place, CHANGES, false);
    mountReadOnly('/proc/sys');
    expect(failureOf(() => applyChanges(place, 'test', changes, journal))).toMatchObject({
      code: 'FT_KERNEL',
      message: 'net.ipv4.tcp_timestamps cannot be written: /proc/sys is mounted read-only',
      hint: expect.stringContaining('--netns'),
    });
    expect(journal.read()).toEqual([]);
    expect([readSysctl('ipv4.tcp_timestamps'), readSysctl('ipv4.tcp_tw_reuse')]).toEqual(['1', '2']);
  });

  it('nothing is restored, and the entry stays open', () => {
    const [journal, place] = [new Journal(temporaryFolder()), placeHere()];
    const entry = applyChanges(place, 'test', previewChanges(place, CHANGES, false), journal);
    mountReadOnly('/proc/sys');
    expect(failureOf(() => undoEntry(entry, [entry], journal, { force: false }))).toMatchObject({
      code: 'FT_KERNEL',
      message: 'net.ipv4.tcp_tw_reuse cannot be written: /proc/sys is mounted read-only; entry 1 stays open',
    });
    expect(journal.read()).toEqual([entry]);
    expect(readSysctl('ipv4.tcp_tw_reuse')).toBe('1');
  });

  it('nothing is changed where it could not be kept', () => {
    const [journal, place] = [new Journal(temporaryFolder()), { ...placeHere(), isHost: true }];
    const folder = join(place.root as string, 'etc/sysctl.d');
    const changes = previewChanges(place, CHANGES, true);
    mountReadOnly(folder);
    expect(failureOf(() => applyChanges(place, 'test', changes, journal))).toMatchObject({
      code: 'FT_KERNEL',
      message: `'${folder}' cannot be written: it is on a read-only file system`,
    });
    expect(journal.read()).toEqual([]);
    expect(readSysctl('ipv4.tcp_tw_reuse')).toBe('2');
  });

  it('settings are taken back that could not be kept on a full disk', () => {
    const [journal, place] = [new Journal(temporaryFolder()), { ...placeHere(), isHost: true }];
    const folder = join(place.root as string, 'etc/sysctl.d');
    const changes = previewChanges(place, CHANGES, true);
    run('mount', '-t', 'tmpfs', '-o', 'nr_inodes=1', 'none', folder);
    onTestFinished(() => run('umount', folder));
    const failure = failureOf(() => applyChanges(place, 'test', changes, journal));
    expect(failure).toMatchObject({
      code: 'FT_KERNEL',
      message:
        `'${join(folder, '90-fourtuple.conf')}' cannot be written: ENOSPC; ` +
        'net.ipv4.tcp_tw_reuse and net.ipv4.tcp_timestamps are as before again',
    });
    expect([readSysctl('ipv4.tcp_timestamps'), readSysctl('ipv4.tcp_tw_reuse')]).toEqual(['1', '2']);
    expect(journal.read()[0]?.closed?.how).toBe('failed');
  });
});
