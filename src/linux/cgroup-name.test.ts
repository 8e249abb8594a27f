import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nameCgroup } from './cgroup-name.ts';

const ID = '3f2a9c1b0d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8';
const UID = '8d2c0a5e-1b2c-4d3e-9f40-5a6b7c8d9e0f';
const SLICE_UID = UID.replaceAll('-', '_');
const STATIC_UID = '55091c13b0d4e5f60718293a4b5c6d7e';
const POD = `pod ${UID}`;

const UNITS = [
  ['/system.slice/nginx.service', 'nginx.service'],
  ['/system.slice/nginx.service (deleted)', 'nginx.service'],
  ['/system.slice/system-postgresql.slice/postgresql@15-main.service', 'postgresql@15-main.service'],
  ['/system.slice/system-getty.slice/getty@tty1.service', 'getty@tty1.service'],
  ['/system.slice/snap.lxd.daemon.service', 'snap.lxd.daemon.service'],
  ['/system.slice/envoy.service/supervisor/worker', 'envoy.service'],
  ['/system.slice/containerd.service', 'containerd.service'],
  ['/system.slice/ssh.socket', 'ssh.socket'],
  ['/init.scope', 'init.scope'],
  ['/system.slice/run-r2d1.scope', 'run-r2d1.scope'],
  ['/system.slice/my\\x2dproxy.service', 'my-proxy.service'],
  ['/system.slice/caf\\xc3\\xa9.service', 'café.service'],
  ['/system.slice/_cpu.service', 'cpu.service'],
  ['/system.slice/dbus-:1.23-org.freedesktop.problems@0.service', 'dbus-:1.23-org.freedesktop.problems@0.service'],
  ['/user.slice/user-1000.slice/session-3.scope', 'session-3.scope (user 1000)'],
  ['/user.slice/user-1000.slice/user@1000.service/init.scope', 'user@1000.service'],
  ['/user.slice/user-1000.slice/user@1000.service/app.slice/haproxy.service', 'haproxy.service (user 1000)'],
  [
    '/user.slice/user-1000.slice/user@1000.service/app.slice/app-gnome-firefox-4711.scope',
    'app-gnome-firefox-4711.scope (user 1000)',
  ],
  ['/openrc.nginx', 'openrc nginx'],
  ['/../../system.slice/squid.service', 'squid.service'],
] as const;

const CONTAINERS = [
  [`/docker/${ID}`, 'docker 3f2a9c1b0d4e'],
  [`/system.slice/docker-${ID}.scope`, 'docker 3f2a9c1b0d4e'],
  [`/../docker-${ID}.scope`, 'docker 3f2a9c1b0d4e'],
  [`/my-parent/${ID}`, 'container 3f2a9c1b0d4e'],
  [`/system.slice/docker-${ID}.scope/init.scope`, 'docker 3f2a9c1b0d4e'],
  [`/docker/${ID}/system.slice/nginx.service`, 'docker 3f2a9c1b0d4e (nginx.service)'],
  [`/docker/${ID.replaceAll('3', '4')}/docker/${ID}`, 'docker 3f2a9c1b0d4e'],
  [`/user.slice/user-1000.slice/user@1000.service/user.slice/docker-${ID}.scope`, 'docker 3f2a9c1b0d4e'],
  [`/machine.slice/libpod-${ID}.scope`, 'podman 3f2a9c1b0d4e'],
  [`/machine.slice/libpod-${ID}.scope/container`, 'podman 3f2a9c1b0d4e'],
  [`/machine.slice/libpod-conmon-${ID}.scope`, 'podman 3f2a9c1b0d4e'],
  [`/machine.slice/machine-libpod_pod_${ID}.slice/libpod-${ID}.scope`, 'podman 3f2a9c1b0d4e'],
  [`/system.slice/web.service/libpod-payload-${ID}`, 'podman 3f2a9c1b0d4e'],
  [`/libpod_parent/libpod-${ID}`, 'podman 3f2a9c1b0d4e'],
  [`/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-${ID}.scope/container`, 'podman 3f2a9c1b0d4e'],
  [`/system.slice/nerdctl-${ID}.scope`, 'nerdctl 3f2a9c1b0d4e'],
  [`/system.slice/cri-containerd-${ID}.scope`, 'containerd 3f2a9c1b0d4e'],
  [`/system.slice:docker:${ID}`, 'docker 3f2a9c1b0d4e'],
  [`/ecs/${STATIC_UID}/${ID}`, 'ecs 3f2a9c1b0d4e'],
  [`/ecs/${STATIC_UID}/${STATIC_UID}-1234567890`, 'ecs 55091c13b0d4'],
  ['/lxc/web', 'lxc web'],
  ['/lxc.payload.web', 'lxc web'],
  ['/lxc.payload/web', 'lxc web'],
  ['/lxc.payload.my.web/system.slice/nginx.service', 'lxc my.web (nginx.service)'],
  ['/lxc.monitor.web', 'lxc web'],
  ['/lxc/101/ns/init.scope', 'lxc 101'],
  [`/lxc.payload.web/system.slice/docker-${ID}.scope`, 'docker 3f2a9c1b0d4e'],
  ['/machine.slice/machine-web.scope', 'machine web'],
  ['/machine.slice/machine-my\\x2dweb.scope/payload/system.slice/nginx.service', 'machine my-web (nginx.service)'],
  ['/machine.slice/systemd-nspawn@web.service/payload', 'machine web'],
  ['/machine.slice/machine-qemu\\x2d1\\x2dvm.scope/libvirt/emulator', 'machine qemu-1-vm'],
] as const;

const SYSTEMD_PODS = '/kubepods.slice/kubepods-burstable.slice';
const IN_POD = `${POD} (container 3f2a9c1b0d4e)`;

const PODS = [
  [`${SYSTEMD_PODS}/kubepods-burstable-pod${SLICE_UID}.slice/cri-containerd-${ID}.scope`, IN_POD],
  [`${SYSTEMD_PODS}/kubepods-burstable-pod${SLICE_UID}.slice/crio-${ID}.scope`, IN_POD],
  [`${SYSTEMD_PODS}/kubepods-burstable-pod${SLICE_UID}.slice/crio-${ID}.scope/container`, IN_POD],
  [`${SYSTEMD_PODS}/kubepods-burstable-pod${SLICE_UID}.slice/crio-conmon-${ID}.scope`, IN_POD],
  [`${SYSTEMD_PODS}/kubepods-burstable-pod${SLICE_UID}.slice/docker-${ID}.scope`, IN_POD],
  [`${SYSTEMD_PODS}/kubepods-burstable-pod${SLICE_UID}.slice`, POD],
  [`/kubepods.slice/kubepods-pod${SLICE_UID}.slice/cri-containerd-${ID}.scope`, IN_POD],
  [`/kubepods/burstable/pod${UID}/${ID}`, IN_POD],
  [`/kubepods/besteffort/pod${UID}/${ID}/inner`, IN_POD],
  [`/kubepods/pod${UID}/crio-${ID}`, IN_POD],
  [`/kubepods/pod${UID}`, POD],
  [`/kubepods/pod${STATIC_UID}/${ID}`, `pod ${STATIC_UID} (container 3f2a9c1b0d4e)`],
  [`/kubepods/burstable/pod${UID}/kata_${ID}`, IN_POD],
  [`/kubepods-burstable-pod${SLICE_UID}.slice:cri-containerd:${ID}`, IN_POD],
  [`/system.slice/containerd.service/kubepods-burstable-pod${SLICE_UID}.slice:cri-containerd:${ID}`, IN_POD],
  [`/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-pod${SLICE_UID}.slice/cri-containerd-${ID}.scope`, IN_POD],
  [`/docker/${ID}/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-pod${SLICE_UID}.slice`, POD],
] as const;

const NAMELESS = [
  '',
  '/',
  '/..',
  '/system.slice',
  '/user.slice/user-1000.slice',
  '/kubepods',
  '/kubepods.slice/kubepods-besteffort.slice',
  '/podruntime/kubelet',
  '/docker',
  '/docker/buildkit/q1w2e3r4t5y6u7i8o9p0a1s2d',
  '/lxc',
  '/custom/group',
];

describe('the name of a cgroup', () => {
  it.each(UNITS)('%s is the unit %s', (path, text) => {
    expect(nameCgroup(path)).toMatchObject({ kind: 'unit', text });
  });

  it.each(CONTAINERS)('%s is the container %s', (path, text) => {
    expect(nameCgroup(path)).toMatchObject({ kind: 'container', text });
  });

  it.each(PODS)('%s is the pod %s', (path, text) => {
    expect(nameCgroup(path)).toMatchObject({ kind: 'pod', text });
  });

  it.each(NAMELESS)('%j has none', (path) => {
    expect(nameCgroup(path)).toBeNull();
  });

  it('tells the whole from the part', () => {
    expect(nameCgroup(`/kubepods/pod${UID}/${ID}`)).toEqual({
      kind: 'pod',
      name: POD,
      part: 'container 3f2a9c1b0d4e',
      text: IN_POD,
    });
    expect(nameCgroup('/system.slice/nginx.service')).toMatchObject({ name: 'nginx.service', part: null });
  });

  it('never has a control character, whatever the path', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '\\x1b',
        '\\x9b',
        '\\xff',
        '.service',
        '.scope',
        'lxc.payload.',
        'machine-',
        '\u202e',
        '\n',
        ID,
        `pod${UID}`,
      ),
      fc.constantFrom('docker-', '/', ':', '.slice', 'libpod-', 'user@1.service'),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        for (const path of [
          pieces.join(''),
          `/${pieces.join('/')}`,
          `/lxc/${pieces.join('')}`,
          `/${pieces.join('')}.service`,
        ]) {
          expect(nameCgroup(path)?.text ?? '').not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
        }
      }),
      { numRuns: 500 },
    );
  });
});
