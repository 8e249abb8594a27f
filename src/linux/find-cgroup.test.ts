import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { cgroupMount, makeCgroup, startIn, TEST_CGROUP, usesCgroups } from '../../test/kit/cgroups.ts';
import { failureOf } from '../../test/kit/changes.ts';
import { withoutCapabilities } from '../../test/kit/without-capabilities.ts';
import { type CgroupWanted, cgroupStillThere, findCgroup } from './find-cgroup.ts';
import { readProcessName } from './processes.ts';

const MOUNT = cgroupMount('cgroup2') ?? '';
const MOUNT1 = cgroupMount('cgroup') ?? '';
// Of this process's own, so that no cgroup of the machine is like them.
const UNIT = `fourtuple-test-unit-${process.pid}`;
const NUMBER = process.pid.toString(16).padStart(8, '0');
const ID = `f0${NUMBER}${'4e5f60'.repeat(9)}`;
const OTHER = `f0${NUMBER}${'a1b2c3'.repeat(9)}`;

function failure(wanted: CgroupWanted): unknown {
  return failureOf(() => findCgroup(wanted));
}

describe('a cgroup', () => {
  usesCgroups('cgroup2');

  it('is found by its path, from the root or where it is mounted', async () => {
    const directory = makeCgroup(`${UNIT}.service`);
    await startIn(directory);
    const path = `/${TEST_CGROUP}/${UNIT}.service`;
    const found = { path, directory, id: statSync(directory).ino, processes: 1 };
    for (const text of [path, path.slice(1), `${path}/`, `${path}/../${UNIT}.service`, directory, `${directory}//`]) {
      expect(findCgroup({ by: 'path', path: text })).toEqual(found);
    }
  });

  it('can be the root', () => {
    for (const path of ['/', MOUNT]) {
      expect(findCgroup({ by: 'path', path })).toMatchObject({ path: '/', directory: MOUNT, id: statSync(MOUNT).ino });
    }
  });

  it('has the processes of all below it', async () => {
    const [outer, inner] = [makeCgroup('a.slice'), makeCgroup('a.slice/b.slice/c.service')];
    await startIn(outer);
    await startIn(inner);
    await startIn(inner);
    const count = (path: string) => findCgroup({ by: 'path', path }).processes;
    expect([outer, inner, makeCgroup(), makeCgroup('empty')].map(count)).toEqual([3, 2, 3, 0]);
  });

  it('with threads of its own in cgroups below it has its processes once', async () => {
    const [outer, inner] = [makeCgroup('threads'), makeCgroup('threads/inner')];
    writeFileSync(`${inner}/cgroup.type`, 'threaded');
    await startIn(outer);
    expect(findCgroup({ by: 'path', path: outer }).processes).toBe(1);
    expect(findCgroup({ by: 'path', path: inner }).processes).toBeNull();
  });

  it('is found without a privilege', async () => {
    const directory = makeCgroup();
    const pid = await startIn(directory);
    expect(withoutCapabilities(() => findCgroup({ by: 'pid', pid }))).toMatchObject({ directory, processes: 1 });
  });

  it('is found by a process', async () => {
    const directory = makeCgroup('of a process');
    const pid = await startIn(directory);
    expect(findCgroup({ by: 'pid', pid })).toMatchObject({ path: `/${TEST_CGROUP}/of a process`, directory });
    writeFileSync(`${MOUNT}/cgroup.procs`, String(pid));
    expect(findCgroup({ by: 'pid', pid })).toMatchObject({ path: '/', directory: MOUNT });
  });

  it('is found by a unit, with or without its suffix', () => {
    const directory = makeCgroup(`system.slice/${UNIT}.service`);
    const path = `/${TEST_CGROUP}/system.slice/${UNIT}.service`;
    for (const unit of [UNIT, `${UNIT}.service`]) {
      expect(findCgroup({ by: 'unit', unit })).toEqual({ path, directory, id: statSync(directory).ino, processes: 0 });
    }
  });

  it('is found by a container’s ID, or its beginning', () => {
    const directory = makeCgroup(`docker-${ID}.scope`);
    makeCgroup(`docker-${OTHER}.scope/system.slice`);
    for (const id of [ID, ID.slice(0, 12), `docker://${ID}`]) {
      expect(findCgroup({ by: 'container', id })).toMatchObject({
        path: `/${TEST_CGROUP}/docker-${ID}.scope`,
        directory,
      });
    }
  });

  it('is found by the name of a container of LXC', () => {
    const directory = makeCgroup(`lxc.payload.${UNIT}`);
    makeCgroup(`lxc.monitor.${UNIT}`);
    expect(findCgroup({ by: 'container', id: UNIT })).toMatchObject({ directory });
  });

  it('is still there until it is removed, and not the same when it is made again', () => {
    const directory = makeCgroup('again');
    const found = findCgroup({ by: 'path', path: directory });
    expect(cgroupStillThere(found)).toBe(true);
    rmdirSync(directory);
    expect(cgroupStillThere(found)).toBe(false);
    expect(makeCgroup('again')).toBe(directory);
    expect(cgroupStillThere(found)).toBe(false);
    expect(cgroupStillThere(findCgroup({ by: 'path', path: directory }))).toBe(true);
  });
});

describe('no cgroup is found', () => {
  usesCgroups('cgroup2');

  it('where there is none of the path', () => {
    const hint = `Version 2 is mounted on '${MOUNT}'; \`systemd-cgls\` or \`find\` shows the cgroups below it.`;
    for (const path of [`/${TEST_CGROUP}`, `${MOUNT}/${TEST_CGROUP}`, '/proc', `/${'x'.repeat(5000)}`, '/../..']) {
      expect(failure({ by: 'path', path })).toMatchObject({
        code: 'FT_ARGUMENT',
        message: `there is no cgroup '${path}'`,
        hint,
      });
    }
    expect(failure({ by: 'path', path: '' })).toMatchObject({
      code: 'FT_ARGUMENT',
      message: "'' is no path of a cgroup",
    });
    expect(failure({ by: 'path', path: '/a\0b' })).toMatchObject({ message: "'/a\ufffdb' is no path of a cgroup" });
  });

  it('where a file has the path', () => {
    const file = `${makeCgroup()}/cgroup.procs`;
    expect(failure({ by: 'path', path: file })).toMatchObject({
      code: 'FT_ARGUMENT',
      message: `'${file}' is no cgroup: it is not a directory`,
    });
  });

  it('where there is no such process', async () => {
    const child = spawn('true');
    await once(child, 'exit');
    for (const pid of [child.pid as number, 0, -1, 1.5, Number.NaN]) {
      expect(failure({ by: 'pid', pid })).toMatchObject({
        code: 'FT_ARGUMENT',
        message: `there is no process ${pid}`,
        hint: 'The process may have exited, or be in another PID namespace than this one.',
      });
    }
  });

  it('where a process has exited, and its cgroup is gone before its parent has noticed', async () => {
    const directory = makeCgroup('gone');
    // It ends when it is told to: by then its parent is a program that never asks for its children.
    const script = `exec 3<&0; (echo 0 > ${directory}/cgroup.procs; read -r _ <&3) & echo $!; exec sleep 600`;
    const parent = spawn('sh', ['-c', script], { stdio: ['pipe', 'pipe', 'inherit'] });
    onTestFinished(() => void parent.kill('SIGKILL'));
    const pid = Number(await once(parent.stdout, 'data'));
    await vi.waitFor(() => expect(readProcessName(parent.pid as number)).toBe('sleep'));
    parent.stdin.write('\n');
    await vi.waitFor(() => expect(readFileSync(`/proc/${pid}/stat`, 'latin1')).toContain(') Z '));
    rmdirSync(directory);
    expect(failure({ by: 'pid', pid })).toMatchObject({ message: `there is no process ${pid}` });
  });

  it('where there is no such unit: the likest are named', () => {
    makeCgroup(`${UNIT}.service`);
    expect(failure({ by: 'unit', unit: `${UNIT}s.service` })).toMatchObject({
      code: 'FT_ARGUMENT',
      message: expect.stringMatching(`^there is no unit '${UNIT}s.service'; there are: ${UNIT}.service`),
      hint: '`systemctl status` names the units that run; one that does not run has no cgroup.',
    });
    expect(failure({ by: 'unit', unit: '' })).toMatchObject({
      message: expect.stringMatching("^there is no unit ''; "),
    });
  });

  it('where a unit’s name without suffix could be two', () => {
    makeCgroup(`${UNIT}.service`);
    makeCgroup(`${UNIT}.socket`);
    const [service, socket] = [`/${TEST_CGROUP}/${UNIT}.service`, `/${TEST_CGROUP}/${UNIT}.socket`];
    const found = failure({ by: 'unit', unit: UNIT }) as Error;
    expect(found.message).toMatch(new RegExp(`^'${UNIT}' is the unit of 2 cgroups: `));
    expect(found.message).toContain(`'${service}'`);
    expect(found.message).toContain(`'${socket}'`);
    expect(found).toMatchObject({ code: 'FT_ARGUMENT', hint: 'Give one of them with `--cgroup PATH`.' });
  });

  it('where several containers’ IDs begin so', () => {
    makeCgroup(`docker-${ID}.scope`);
    makeCgroup(`docker-${OTHER}.scope`);
    const found = failure({ by: 'container', id: ID.slice(0, 10) }) as Error;
    expect(found).toMatchObject({ code: 'FT_ARGUMENT' });
    for (const id of [ID, OTHER]) expect(found.message).toContain(`'/${TEST_CGROUP}/docker-${id}.scope'`);
  });

  it('where there is no such container', () => {
    makeCgroup(`docker-${ID}.scope`);
    expect(failure({ by: 'container', id: OTHER })).toMatchObject({
      code: 'FT_ARGUMENT',
      message: expect.stringContaining(`there is no container '${OTHER}'; there are: `),
      hint: expect.stringContaining('Give at least 4 digits of its ID'),
    });
    expect(failure({ by: 'container', id: ID.slice(0, 3) })).toMatchObject({ code: 'FT_ARGUMENT' });
  });
});

describe('version 1 has a cgroup that version 2 has not', () => {
  usesCgroups('cgroup', 'cgroup2');
  let container = '';
  beforeEach(() => {
    container = makeCgroup(`docker-${ID}.scope`, 'cgroup');
  });

  it('which is said of its path', () => {
    for (const path of [container, container.slice(MOUNT1.length)]) {
      expect(failure({ by: 'path', path })).toMatchObject({
        code: 'FT_ARGUMENT',
        message: `'${container}' is a cgroup of version 1, not 2`,
        hint: expect.stringContaining(`Version 2 is mounted on '${MOUNT}'`),
      });
    }
  });

  it('so that its processes are not told from the rest of the machine', async () => {
    await startIn(container, MOUNT);
    expect(failure({ by: 'container', id: ID })).toMatchObject({
      code: 'FT_UNSUPPORTED',
      message:
        `the container '${ID}' has a cgroup of version 1 only ('${container}'): ` +
        'its processes are in the root of version 2',
      hint: expect.stringMatching(/^`--pid` or `--cgroup \/` would catch every process of the machine\. /),
    });
  });

  it('but another, which is named', async () => {
    const unit = makeCgroup(`${UNIT}.service`, 'cgroup');
    await startIn(unit, makeCgroup('another'));
    expect(failure({ by: 'unit', unit: UNIT })).toMatchObject({
      code: 'FT_UNSUPPORTED',
      message:
        `the unit '${UNIT}' has a cgroup of version 1 only ('${unit}'): ` +
        `its processes are in '/${TEST_CGROUP}/another' of version 2`,
    });
  });

  it('and no process either', () => {
    expect(failure({ by: 'container', id: ID })).toMatchObject({
      code: 'FT_UNSUPPORTED',
      message: `the container '${ID}' has a cgroup of version 1 only ('${container}'), and no process is in it`,
    });
  });
});
