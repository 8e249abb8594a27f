import { describe, expect, it } from 'vitest';
import { CONTAINERS, UNITS } from './named-cgroups.ts';

const A = '3f2a9c1b0d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8';
const B = `3f2b${A.slice(4)}`;

describe('the cgroup of a unit', () => {
  const PATHS = [
    '',
    '/system.slice',
    '/system.slice/haproxy.service',
    '/system.slice/nginx.service',
    '/system.slice/nginx.socket',
    '/system.slice/_cpu.service',
    '/system.slice/my\\x2dapp.service',
    '/user.slice/user-1000.slice/user@1000.service',
    '/user.slice/user-1000.slice/user@1000.service/app.slice/haproxy.service',
    '/user.slice/user-1000.slice/user@1000.service/app.slice/syncthing.service',
    '/user.slice/user-1001.slice/user@1001.service/app.slice/syncthing.service',
    '/lxc.payload.web/system.slice/squid.service',
    '/lxc.payload.web/system.slice/haproxy.service',
    '/session-3.scope',
  ];

  it.each([
    ['haproxy.service', ['/system.slice/haproxy.service']],
    ['haproxy', ['/system.slice/haproxy.service']],
    ['nginx.service', ['/system.slice/nginx.service']],
    ['nginx', ['/system.slice/nginx.service', '/system.slice/nginx.socket']],
    ['cpu', ['/system.slice/_cpu.service']],
    ['my-app.service', ['/system.slice/my\\x2dapp.service']],
    ['my\\x2dapp', ['/system.slice/my\\x2dapp.service']],
    ['system.slice', ['/system.slice']],
    ['system', []],
    ['session-3', []],
    ['user@1000', ['/user.slice/user-1000.slice/user@1000.service']],
    ['squid', ['/lxc.payload.web/system.slice/squid.service']],
    ['syncthing', PATHS.filter((path) => path.endsWith('/syncthing.service'))],
    ['proxy', []],
  ])('%s', (wanted, found) => {
    expect(UNITS.find(wanted, PATHS)).toEqual(found);
  });

  it('is one of all that have a unit’s suffix', () => {
    expect(UNITS.names(['', '/a.slice', '/a.slice/b.service', '/c', '/d/b.service'])).toEqual(['a.slice', 'b.service']);
  });
});

describe('the cgroup of a container', () => {
  it.each([
    [`/system.slice/docker-${A}.scope`, '3f2a'],
    [`/docker/${A}`, A],
    [`/kubepods/pod1/${A}`, '3f2a9c1b0d4e'],
    [`/kubepods.slice/cri-containerd-${A}.scope`, `containerd://${A}`],
    [`/kubepods.slice/crio-${A}.scope`, '3F2A9C'],
    [`/kubepods-pod1.slice:cri-containerd:${A}`, '3f2a9c'],
    [`/machine.slice/libpod-${A}.scope`, 'podman 3f2a9c1b0d4e'],
    [`/a.service/libpod-payload-${A}`, '3f2a9c'],
    ['/ecs/3f2a9c1b0d4e5f60718293a4b5c6d7e8/3f2a9c1b0d4e5f60718293a4b5c6d7e8-0123456789', '3f2a9c'],
    ['/lxc.payload.web', 'web'],
    ['/lxc/web', 'lxc web'],
    ['/machine.slice/machine-qemu\\x2d1.scope', 'qemu-1'],
    ['/machine.slice/systemd-nspawn@deb.service', 'machine deb'],
  ])('%s is that of %s', (path, wanted) => {
    const others = [
      '',
      '/system.slice/a.service',
      `${path}/container`,
      `/docker/${'f'.repeat(64)}`,
      '/lxc.payload.other',
    ];
    expect(CONTAINERS.find(wanted, [...others, path])).toEqual([path]);
  });

  it.each([
    [`/machine.slice/libpod-conmon-${A}.scope`, A],
    [`/kubepods.slice/crio-conmon-${A}.scope`, A],
    ['/lxc.monitor.web', 'web'],
    ['/lxc.monitor/web', 'web'],
    [`/docker/${A}`, '3f2'],
    [`/docker/${A}`, ''],
    [`/docker/${A}`, '3f2a9c1b0d4f'],
    [`/docker/${A}/system.slice`, A],
    ['/lxc.payload.web', 'we'],
  ])('%s is none for %j', (path, wanted) => {
    expect(CONTAINERS.find(wanted, [path])).toEqual([]);
  });

  it('can be one of several that begin alike', () => {
    const paths = [`/docker/${A}`, `/docker/${B}`];
    expect(CONTAINERS.find('3f2a', paths)).toEqual([paths[0]]);
    expect(CONTAINERS.find('3f2a9', paths)).toEqual([paths[0]]);
    expect(CONTAINERS.find(A.slice(0, 2) + A.slice(2, 3), paths)).toEqual([]);
    const alike = [`/docker/${A}`, `/docker/${A.slice(0, 8)}${'0'.repeat(56)}`];
    expect(CONTAINERS.find(A.slice(0, 8), alike)).toEqual(alike);
  });

  it('is the outer of two of the same', () => {
    const outer = `/system.slice/docker-${A}.scope`;
    expect(CONTAINERS.find('3f2a', [outer, `${outer}/docker/${A}`])).toEqual([outer]);
  });

  it('is one of all that are whole containers', () => {
    const paths = ['', `/docker/${A}`, `/docker/${A}/a.service`, '/lxc.payload.web', '/lxc.monitor.web', '/a.slice'];
    expect(CONTAINERS.names(paths)).toEqual(['3f2a9c1b0d4e', 'web']);
  });
});
