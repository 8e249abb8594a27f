import { FourtupleError } from '../tcp/error.ts';
import { cgroupMounts } from './cgroup-mount.ts';
import { printable } from './printable.ts';

export function notMounted(): FourtupleError {
  return new FourtupleError('FT_UNSUPPORTED', 'no cgroup file system of version 2 is mounted', {
    hint:
      'Mount one: `mkdir -p /sys/fs/cgroup/unified && mount -t cgroup2 none /sys/fs/cgroup/unified`; with ' +
      'systemd.unified_cgroup_hierarchy=1 on the kernel’s command line systemd uses no other.',
  });
}

export function noPath(text: string): FourtupleError {
  return new FourtupleError('FT_ARGUMENT', `'${printable(text)}' is no path of a cgroup`, { hint: where() });
}

export function noSuchCgroup(path: string): FourtupleError {
  return new FourtupleError('FT_ARGUMENT', `there is no cgroup '${printable(path)}'`, { hint: where() });
}

export function notDirectory(path: string): FourtupleError {
  return new FourtupleError('FT_ARGUMENT', `'${printable(path)}' is no cgroup: it is not a directory`, {
    hint: where(),
  });
}

export function ofVersion1(directory: string): FourtupleError {
  return new FourtupleError('FT_ARGUMENT', `'${printable(directory)}' is a cgroup of version 1, not 2`, {
    hint: where(),
  });
}

/** @param subject `process 811` */
export function outOfSight(subject: string, path: string): FourtupleError {
  const message = `the cgroup '${printable(path)}' of ${subject} is in no mount that this process sees`;
  return new FourtupleError('FT_UNSUPPORTED', message, {
    hint: 'Run it where that cgroup can be seen: on the host, outside a container.',
  });
}

export function noSuchProcess(pid: number): FourtupleError {
  return new FourtupleError('FT_ARGUMENT', `there is no process ${pid}`, {
    hint: 'The process may have exited, or be in another PID namespace than this one.',
  });
}

function where(): string {
  const points = cgroupMounts(2).map(({ point }) => `'${printable(point)}'`);
  return `Version 2 is mounted on ${points.join(', ')}; \`systemd-cgls\` or \`find\` shows the cgroups below it.`;
}
