import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FourtupleError } from '../tcp/error.ts';
import { hasCapability } from './capabilities.ts';
import { isThere } from './is-there.ts';
import { readMounts } from './mount-info.ts';

/** Where the kernel wants tracefs to be mounted since Linux 4.1 (Documentation/trace/ftrace.rst). */
const USUAL_POINT = '/sys/kernel/tracing';

/**
 * The folder of the kernel's own tracing files: where tracefs is mounted, or the folder `tracing` of debugfs, which mounts
 * it when somebody looks into it.
 *
 * @throws FourtupleError FT_PRIVILEGE where this process could not use it anyway; FT_UNSUPPORTED where it is not mounted,
 * or the kernel has none
 */
export function findTracefs(): string {
  const [mounted] = readMounts('tracefs').filter(({ root }) => root === '/');
  if (mounted !== undefined) return mounted.point;
  const below = readMounts('debugfs').map(({ point }) => join(point, 'tracing'));
  const found = below.find((folder) => isThere(join(folder, 'instances')));
  if (found !== undefined) return found;
  throw notThere();
}

function notThere(): FourtupleError {
  if (!knowsTracefs()) {
    return new FourtupleError('FT_UNSUPPORTED', 'this kernel cannot trace: it was built without tracefs', {
      hint: 'CONFIG_FTRACE and CONFIG_EVENT_TRACING are needed; everything but --trace works without.',
    });
  }
  if (hasCapability('CAP_SYS_ADMIN') === false) {
    return new FourtupleError(
      'FT_PRIVILEGE',
      'tracing needs root: this process lacks CAP_SYS_ADMIN, and sees no tracefs',
      {
        hint: 'Run it as root.',
      },
    );
  }
  return new FourtupleError('FT_UNSUPPORTED', 'tracefs is not mounted here', {
    hint: `Mount it: mount -t tracefs tracefs ${USUAL_POINT}`,
  });
}

/** proc_filesystems(5). */
function knowsTracefs(): boolean {
  try {
    return readFileSync('/proc/filesystems', 'latin1').includes('\ttracefs\n');
  } catch {
    return true;
  }
}
