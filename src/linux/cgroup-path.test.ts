import { posix } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalizeCgroupPath, pathBelow, pathFrom, stepsUp } from './cgroup-path.ts';

const name = fc.constantFrom('a', 'b.slice', 'c d', '..e', '...', 'x.service');
const path = fc.array(name, { maxLength: 5 }).map((names) => `/${names.join('/')}`);
const messy = fc
  .array(fc.oneof(name, fc.constantFrom('', '.', '..')), { maxLength: 8 })
  .map((names) => names.join('/'));
const unknown = () => null;

describe('the path of a cgroup', () => {
  it.each([
    ['system.slice/a.service', '/system.slice/a.service'],
    ['/system.slice//a.service/', '/system.slice/a.service'],
    ['/a/./b/../c', '/a/c'],
    ['', '/'],
    ['///', '/'],
    ['/../a', '/../a'],
    ['/a/../../b', '/../b'],
    ['/../../a/..', '/../..'],
    ['/..a/...', '/..a/...'],
  ])('%j is %j', (text, normalized) => {
    expect(normalizeCgroupPath(text)).toBe(normalized);
  });

  it('has one form', () => {
    fc.assert(
      fc.property(messy, (text) => {
        const normalized = normalizeCgroupPath(text);
        expect(normalizeCgroupPath(normalized)).toBe(normalized);
        expect(normalized).toMatch(/^\/(?:\.\.(?:\/|$))*(?!.*\/\/)(?:.*[^/])?$/);
        // From far enough below the root, it leads where it would as a path of files.
        const [ours, theirs] = [normalized, text].map((each) => posix.resolve('/1/2/3/4/5/6/7/8', `./${each}`));
        expect(ours).toBe(theirs);
      }),
    );
  });

  it('leads as far out of the namespace as it has ..', () => {
    expect(['/', '/..', '/../..', '/../a', '/..a'].map(stepsUp)).toEqual([0, 1, 2, 1, 0]);
  });
});

describe('below a mount', () => {
  it('is what it was made of', () => {
    fc.assert(
      fc.property(path, fc.nat(2), path, (root, up, below) => {
        const mounted = normalizeCgroupPath(`${'/..'.repeat(up)}${root}`);
        const tail = below === '/' ? '' : below;
        expect(pathBelow(mounted, pathFrom(mounted, tail), unknown)).toBe(tail);
      }),
    );
  });

  it.each([
    ['/docker/1', '/docker/1', ''],
    ['/docker/1', '/docker/12', null],
    ['/docker/1', '/docker', null],
    ['/', '/../a', null],
    ['/', '/..a', '/..a'],
    ['/..', '/..', ''],
    ['/..', '/../b', '/b'],
    ['/..', '/../../b', null],
  ])('%s, %s is %j', (root, wanted, below) => {
    expect(pathBelow(root, wanted, unknown)).toBe(below);
  });

  it.each([
    ['/..', '/', '/home', '/home'],
    ['/..', '/a/b', '/home', '/home/a/b'],
    ['/../..', '/../b', '/x/y', '/x/b'],
    ['/../..', '/', '/x/y', '/x/y'],
    ['/../..', '/', '/x', null],
    ['/../sibling', '/a', '/home', null],
  ])('%s from before this namespace, %s is found from %s: %j', (root, wanted, home, below) => {
    expect(pathBelow(root, wanted, () => home)).toBe(below);
  });

  it('from before this namespace, it is not known where home is not', () => {
    expect(pathBelow('/..', '/a', unknown)).toBeNull();
  });
});
