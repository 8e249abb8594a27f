import { spawnSync } from 'node:child_process';
import { closeSync, openSync, statSync, writeFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { cgroupMount, makeCgroup, startIn, TEST_CGROUP, usesCgroups } from '../../test/kit/cgroups.ts';
import { failureOf } from '../../test/kit/changes.ts';
import { checked, libc } from '../../test/kit/libc-calls.ts';
import { needsPrograms } from '../../test/kit/needs.ts';
import { temporaryFolder } from '../../test/kit/proxies.ts';
import { findCgroup } from './find-cgroup.ts';

const CLONE_NEWNS = 0x20000;
const CLONE_NEWCGROUP = 0x2000000;
const MOUNT = cgroupMount('cgroup2') ?? '';

function run(command: string, ...args: readonly string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
}

// This process has mounts of its own from here on, and is no test file's but this one's.
describe('with mounts of its own', () => {
  usesCgroups('cgroup2');
  needsPrograms('mount', 'umount');
  beforeEach(() => {
    checked('unshare', libc.unshare(CLONE_NEWNS));
    run('mount', '--make-rprivate', '/');
  });

  /** Runs synchronous code where a cgroup is the root of what this process sees of them, and this process is in it. */
  function enterCgroupNamespace(directory: string, work: () => void): void {
    const home = openSync('/proc/thread-self/ns/cgroup', 'r');
    const procs = openSync(`${MOUNT}/cgroup.procs`, 'w');
    try {
      writeFileSync(`${directory}/cgroup.procs`, String(process.pid));
      checked('unshare', libc.unshare(CLONE_NEWCGROUP));
      work();
    } finally {
      checked('setns', libc.setns(home, CLONE_NEWCGROUP));
      writeFileSync(procs, String(process.pid));
      closeSync(procs);
      closeSync(home);
    }
  }

  it('a part of the hierarchy can be all that is mounted', async () => {
    const inner = makeCgroup('part/inner.service');
    const pid = await startIn(inner);
    const point = temporaryFolder();
    run('mount', '--bind', makeCgroup('part'), point);
    run('umount', '--lazy', MOUNT);
    try {
      const path = `/${TEST_CGROUP}/part/inner.service`;
      const found = {
        path,
        directory: `${point}/inner.service`,
        id: statSync(`${point}/inner.service`).ino,
        processes: 1,
      };
      expect(findCgroup({ by: 'path', path })).toEqual(found);
      expect(findCgroup({ by: 'path', path: `${point}/inner.service` })).toEqual(found);
      expect(findCgroup({ by: 'pid', pid })).toEqual(found);
      expect(findCgroup({ by: 'unit', unit: 'inner' })).toEqual(found);
      expect(failureOf(() => findCgroup({ by: 'path', path: '/' }))).toMatchObject({
        message: "there is no cgroup '/'",
      });
    } finally {
      run('umount', '--lazy', point);
      run('mount', '-t', 'cgroup2', 'none', MOUNT);
    }
  });

  it('nothing can be mounted, which is said with what to do', () => {
    run('umount', '--lazy', MOUNT);
    try {
      expect(failureOf(() => findCgroup({ by: 'path', path: '/' }))).toMatchObject({
        code: 'FT_UNSUPPORTED',
        message: 'no cgroup file system of version 2 is mounted',
        hint: expect.stringMatching(
          /mount -t cgroup2 none \/sys\/fs\/cgroup\/unified.*systemd\.unified_cgroup_hierarchy=1/,
        ),
      });
    } finally {
      run('mount', '-t', 'cgroup2', 'none', MOUNT);
    }
  });

  it('the hierarchy is not found where another file system hides it', () => {
    run('mount', '-t', 'tmpfs', 'none', MOUNT);
    try {
      expect(failureOf(() => findCgroup({ by: 'path', path: '/' }))).toMatchObject({ code: 'FT_UNSUPPORTED' });
    } finally {
      run('umount', MOUNT);
    }
  });

  it('a hierarchy of version 1 that is mounted on a cgroup of version 2 is no part of it', async ({ skip }) => {
    const version1 = cgroupMount('cgroup') ?? skip('needs a cgroup file system of version 1');
    const [outer, hidden] = [makeCgroup('outer'), makeCgroup('outer/hidden')];
    await startIn(outer, version1);
    run('mount', '--bind', version1, hidden);
    try {
      expect(findCgroup({ by: 'path', path: outer })).toMatchObject({ directory: outer, processes: 1 });
      expect(failureOf(() => findCgroup({ by: 'path', path: hidden }))).toMatchObject({
        code: 'FT_ARGUMENT',
        message: `'${hidden}' is a cgroup of version 1, not 2`,
      });
    } finally {
      run('umount', hidden);
    }
  });

  it('a cgroup namespace has a root of its own, in a mount from before it', async () => {
    const [root, inner, beside] = [makeCgroup('root'), makeCgroup('root/inner.service'), makeCgroup('beside')];
    const pids = await Promise.all([startIn(root), startIn(inner), startIn(beside)]);
    enterCgroupNamespace(root, () => {
      expect(pids.map((pid) => findCgroup({ by: 'pid', pid }).directory)).toEqual([root, inner, beside]);
      for (const path of ['/inner.service', `/../../${TEST_CGROUP}/root/inner.service`, '/../root/inner.service']) {
        expect(findCgroup({ by: 'path', path })).toMatchObject({ directory: inner, processes: 1 });
      }
    });
  });

  it('a cgroup namespace shows nothing outside of it, in a mount of its own', async () => {
    const [root, inner, beside] = [makeCgroup('root'), makeCgroup('root/inner.service'), makeCgroup('beside')];
    const [pid, other] = [await startIn(inner), await startIn(beside)];
    enterCgroupNamespace(root, () => {
      run('umount', '--lazy', MOUNT);
      run('mount', '-t', 'cgroup2', 'none', MOUNT);
      try {
        const found = { path: '/inner.service', directory: `${MOUNT}/inner.service`, processes: 1 };
        expect(findCgroup({ by: 'pid', pid })).toMatchObject(found);
        expect(findCgroup({ by: 'path', path: '/inner.service' })).toMatchObject(found);
        expect(failureOf(() => findCgroup({ by: 'pid', pid: other }))).toMatchObject({
          code: 'FT_UNSUPPORTED',
          message: `the cgroup '/../beside' of process ${other} is in no mount that this process sees`,
        });
      } finally {
        run('umount', '--lazy', MOUNT);
      }
    });
    run('mount', '-t', 'cgroup2', 'none', MOUNT);
  });
});
