import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { FourtupleError } from '../tcp/error.ts';
import { hasCapability } from './capabilities.ts';
import { printable } from './printable.ts';
import { readOpenSysctl, sysctlName, sysctlPath } from './sysctl.ts';

/**
 * A setting below `net.ipv4` that is open to be changed. It is that of the network namespace in which it was opened,
 * wherever the thread goes after that. Opening it changes nothing.
 */
export class OpenSysctl {
  readonly name: string;
  readonly #fd: number;

  /**
   * Opens a setting of the namespace that the calling thread is in.
   *
   * @param name below `net.ipv4`: `tcp_tw_reuse`
   * @throws FourtupleError FT_ARGUMENT where it is no such name; FT_UNSUPPORTED where this kernel has no such setting;
   *   FT_PRIVILEGE; FT_KERNEL where /proc/sys is read-only
   */
  constructor(name: string) {
    this.name = checkSettingName(name);
    try {
      this.#fd = openSync(sysctlPath(name), constants.O_RDWR);
    } catch (error) {
      throw refusal(name, null, error as NodeJS.ErrnoException);
    }
  }

  /** What it is now, in the kernel's own form. */
  read(): string {
    return readOpenSysctl(this.#fd);
  }

  /**
   * Sets it. An end of line is written too: without it, an empty value would be a write of nothing, which the kernel
   * never sees. A long list of ports is taken in pieces of less than a page (`proc_do_large_bitmap()` of kernel/sysctl.c):
   * the first one replaces what was there.
   *
   * @throws FourtupleError FT_KERNEL naming the setting, the value and the error of the write; FT_PRIVILEGE
   */
  write(value: string): void {
    const bytes = Buffer.from(`${value}\n`, 'latin1');
    let written = 0;
    try {
      for (let taken = -1; written < bytes.length && taken !== 0; written += taken) {
        taken = writeSync(this.#fd, bytes, written, bytes.length - written, written);
      }
    } catch (error) {
      throw refusal(this.name, value, error as NodeJS.ErrnoException);
    }
    if (written < bytes.length) {
      throw new FourtupleError(
        'FT_KERNEL',
        `${sysctlName(this.name)} cannot be set to '${printable(value)}': only ${written} bytes of it were taken`,
      );
    }
  }

  /** To be called once. @throws FourtupleError like {@link write} */
  close(): void {
    try {
      closeSync(this.#fd);
    } catch (error) {
      throw refusal(this.name, null, error as NodeJS.ErrnoException);
    }
  }
}

/**
 * The name of a setting below `net.ipv4`, or of `ipv6.…` below `net`, and no path to anywhere else.
 *
 * @throws FourtupleError FT_ARGUMENT where it is not
 */
export function checkSettingName(name: string): string {
  if (/^(?:ipv6\.)?[a-z0-9_]+$/.test(name)) return name;
  throw new FourtupleError('FT_ARGUMENT', `'${printable(name)}' is no name of a setting below net.ipv4`);
}

/** What is said where a setting is not there. */
export function noSuchSetting(name: string, cause?: unknown): FourtupleError {
  return new FourtupleError('FT_UNSUPPORTED', `there is no setting ${sysctlName(name)} here`, {
    hint: 'This kernel has none, or only for the host’s network namespace.',
    cause,
  });
}

/** @param value what was to be written; null where it has not come to that */
function refusal(name: string, value: string | null, cause: NodeJS.ErrnoException): FourtupleError {
  const setting = sysctlName(name);
  const errno = cause.code ?? cause.message;
  switch (errno) {
    case 'ENOENT':
      return noSuchSetting(name, cause);
    case 'EACCES':
    case 'EPERM':
      return hasCapability('CAP_NET_ADMIN') === true
        ? new FourtupleError('FT_PRIVILEGE', `${setting} may not be written, even with CAP_NET_ADMIN: ${errno}`, {
            hint: 'The network namespace belongs to another user namespace, or a security module forbids it: run it as root on the host.',
            cause,
          })
        : new FourtupleError('FT_PRIVILEGE', `${setting} may not be written without CAP_NET_ADMIN`, {
            hint: 'Run it as root, or with CAP_NET_ADMIN.',
            cause,
          });
    case 'EROFS':
      return new FourtupleError('FT_KERNEL', `${setting} cannot be written: /proc/sys is mounted read-only`, {
        hint: 'In a container it is, as a rule: run it on the host with --netns and the PID of one of the container’s processes.',
        cause,
      });
    default: {
      const what =
        value === null ? `${setting} cannot be written` : `${setting} cannot be set to '${printable(value)}'`;
      return new FourtupleError('FT_KERNEL', `${what}: ${errno}`, { cause });
    }
  }
}
