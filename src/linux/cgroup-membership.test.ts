import { describe, expect, it } from 'vitest';
import { mostTellingCgroup, version2Cgroup } from './cgroup-membership.ts';

const ID = '3f2a9c1b0d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8';
const UID = '8d2c0a5e-1b2c-4d3e-9f40-5a6b7c8d9e0f';

describe('of the cgroups of a process', () => {
  it.each([
    ['version 2 only', '0::/system.slice/nginx.service\n', '/system.slice/nginx.service'],
    ['one that has been removed', '0::/system.slice/nginx.service (deleted)\n', '/system.slice/nginx.service'],
    ['none but a root', '0::/\n', null],
    ['roots of all hierarchies', '9:name=systemd:/\n4:memory:/\n0::/\n', null],
    ['no text', '', null],
    ['a text of another form', 'what is this\n1:memory\n', null],
    [
      'a hybrid: the unit',
      '4:memory:/some/group\n1:name=systemd:/system.slice/squid.service\n0::/\n',
      '/system.slice/squid.service',
    ],
    [
      'a hybrid: version 2 of equals',
      '1:name=systemd:/system.slice/a.service\n0::/system.slice/b.service\n',
      '/system.slice/b.service',
    ],
    [
      'the container rather than its runtime',
      `4:memory:/docker/${ID}\n0::/system.slice/docker.service\n`,
      `/docker/${ID}`,
    ],
    [
      'the pod rather than a container',
      `4:memory:/kubepods/pod${UID}/${ID}\n0::/docker/${ID}\n`,
      `/kubepods/pod${UID}/${ID}`,
    ],
    ['memory, where nothing has a name', '5:cpu,cpuacct:/a\n4:memory:/b/c:d\n', '/b/c:d'],
  ])('%s', (_, text, path) => {
    expect(mostTellingCgroup(text)).toBe(path);
  });
});

describe('the version-2 cgroup of a process', () => {
  it.each([
    ['0::/system.slice/nginx.service\n', '/system.slice/nginx.service'],
    ['9:name=systemd:/a\n4:memory:/b\n0::/\n', '/'],
    ['0::/../other 0::/c\n', '/../other 0::/c'],
    ['0::/a.service (deleted)\n', '/a.service (deleted)'],
    ['9:name=systemd:/a\n10::/b\n', null],
    ['', null],
  ])('%j', (text, path) => {
    expect(version2Cgroup(text)).toBe(path);
  });
});
