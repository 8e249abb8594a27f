import { accessSync, constants, mkdirSync, rmdirSync, statSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CgroupPaths } from './cgroup.ts';
import { readMounts } from './mount-info.ts';

const mount = readMounts('cgroup2')[0];
const root = mount?.point ?? '';
const prefix = mount === undefined || mount.root === '/' ? '' : mount.root;
const name = `fourtuple-test-${process.pid}`;

describe('the path of a cgroup', () => {
  const made: string[] = [];

  beforeEach(({ skip }) => {
    if (mount === undefined) skip('needs a cgroup2 file system');
    try {
      accessSync(root, constants.W_OK);
    } catch {
      skip('needs to make cgroups');
    }
  });

  afterEach(() => {
    for (const path of made.splice(0).reverse()) rmdirSync(path);
  });

  function make(path: string): number {
    mkdirSync(`${root}/${path}`);
    made.push(`${root}/${path}`);
    return statSync(`${root}/${path}`).ino;
  }

  it('is found by its id, at any depth', () => {
    const [outer, inner] = [make(name), make(`${name}/inner.service`)];
    const paths = new CgroupPaths();
    expect(paths.pathOf(inner)).toBe(`${prefix}/${name}/inner.service`);
    expect(paths.pathOf(outer)).toBe(`${prefix}/${name}`);
    expect(paths.pathOf(statSync(root).ino)).toBe(prefix || '/');
  });

  it('stays known when the cgroup is removed', () => {
    const id = make(name);
    const paths = new CgroupPaths();
    paths.pathOf(id);
    rmdirSync(made.pop() ?? '');
    expect(paths.pathOf(id)).toBe(`${prefix}/${name}`);
  });

  it('is looked for at most once a second', () => {
    let now = 5000;
    const paths = new CgroupPaths(() => now);
    expect(paths.pathOf(Number.MAX_SAFE_INTEGER)).toBeNull();
    const id = make(name);
    now += 999;
    expect(paths.pathOf(id)).toBeNull();
    now += 1;
    expect(paths.pathOf(id)).toBe(`${prefix}/${name}`);
  });

  it('is none for a socket without a cgroup', () => {
    expect(new CgroupPaths().pathOf(0)).toBeNull();
  });
});
