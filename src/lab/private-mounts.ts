import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { FourtupleError } from '../tcp/error.ts';
import { isApart } from './isolation.ts';

/** Where `ip netns` keeps the names of network namespaces. */
export const NAMED_NAMESPACES = '/run/netns';

/** Where the files of an experiment are: no program lives below it. */
export const SCRATCH = '/dev/shm';

/**
 * Lays empty file systems over two folders of the mount namespace that this process has for itself: names and files that
 * are put there are seen by nobody else, and are gone with its last process.
 *
 * @throws FourtupleError FT_LAB where that cannot be done, or this process has no mount namespace for itself
 */
export function mountPrivately(): void {
  if (!isApart()) {
    throw new FourtupleError('FT_LAB', 'experiments run in namespaces of their own', {
      hint: '`fourtuple lab run NAME` makes them.',
    });
  }
  if (existsSync(NAMED_NAMESPACES)) {
    orThrow(mount(NAMED_NAMESPACES));
  } else {
    // Where nobody has named a namespace yet there is no folder, and one that is made here would stay.
    orThrow(mount('/run'));
    mkdirSync(NAMED_NAMESPACES);
  }
  orThrow(mount(SCRATCH));
}

/** @returns why it cannot be done; null where it was */
function mount(path: string): string | null {
  const { status, stderr, error } = spawnSync('mount', ['-t', 'tmpfs', 'fourtuple-lab', path], { encoding: 'utf8' });
  return status === 0 ? null : (error?.message ?? stderr.trim());
}

function orThrow(refusal: string | null): void {
  if (refusal !== null) throw new FourtupleError('FT_LAB', refusal);
}
