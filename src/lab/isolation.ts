import { spawnSync } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { FourtupleError } from '../tcp/error.ts';

/** A way to start a process apart from the rest of the machine. */
export interface Isolation {
  readonly runsAs: 'root' | 'user';
  /** What a command line begins with. */
  readonly prefix: readonly string[];
}

/** The process ends with the one that started it, however that ends (PR_SET_PDEATHSIG of prctl(2)). */
export const DIES_WITH_ITS_PARENT: readonly string[] = ['setpriv', '--pdeathsig', 'KILL'];

/** Namespaces of the network and of mounts: whatever is set up in them goes with the last process in them. */
const APART = ['unshare', '--net', '--mount'];

/**
 * And of processes: with the first one the kernel ends all that it has started, and what these have: a server's workers do
 * not die with the server. A container that hides parts of /proc refuses it to users.
 */
const PROCESSES_TOO = ['--pid', '--kill-child', '--mount-proc'];

const AS_USER = ['--user', '--map-root-user'];

const WAYS: readonly Isolation[] = [
  { runsAs: 'root', prefix: [...DIES_WITH_ITS_PARENT, ...APART, ...PROCESSES_TOO] },
  { runsAs: 'root', prefix: [...DIES_WITH_ITS_PARENT, ...APART] },
  { runsAs: 'user', prefix: [...DIES_WITH_ITS_PARENT, ...APART, ...PROCESSES_TOO, ...AS_USER] },
  { runsAs: 'user', prefix: [...DIES_WITH_ITS_PARENT, ...APART, ...AS_USER] },
];

/**
 * How experiments are kept apart here: as root, or inside a user namespace.
 *
 * @throws FourtupleError FT_PRIVILEGE where this process can have neither; FT_UNSUPPORTED where a program is missing
 */
export function findIsolation(): Isolation {
  const refusals = new Set<string>();
  for (const way of WAYS) {
    const [command = '', ...args] = [...way.prefix, 'ip', 'link', 'set', 'lo', 'up'];
    const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
    if (status === 0) return { ...way, prefix: [...way.prefix, 'env', `${OUTSIDE}=${mountNamespace()}`] };
    if (error !== undefined || status === 127) throw missingPrograms(error ?? stderr.trim());
    refusals.add(stderr.trim());
  }
  throw new FourtupleError('FT_PRIVILEGE', 'the lab cannot make network namespaces here', {
    hint: `Run it as root, or allow user namespaces (kernel.unprivileged_userns_clone, kernel.apparmor_restrict_unprivileged_userns, user.max_user_namespaces, user.max_net_namespaces). The kernel says: ${[...refusals].join('; ')}.`,
  });
}

/** Where the mount namespace is named that a process was started apart from. */
const OUTSIDE = 'FOURTUPLE_LAB_OUTSIDE';

/** Whether this process was started apart from the rest of the machine: what it mounts is then its own. */
export function isApart(): boolean {
  const outside = process.env[OUTSIDE];
  return outside !== undefined && outside !== mountNamespace();
}

/** `mnt:[4026531841]` */
function mountNamespace(): string {
  return readlinkSync('/proc/self/ns/mnt');
}

function missingPrograms(cause: unknown): FourtupleError {
  return new FourtupleError('FT_UNSUPPORTED', 'the lab needs unshare, setpriv and ip', {
    hint: 'Install util-linux and iproute2.',
    cause,
  });
}
