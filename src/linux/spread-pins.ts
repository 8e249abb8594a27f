import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmdirSync, unlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { FourtupleError } from '../tcp/error.ts';
import { readMounts } from './mount-info.ts';

/** Where bpf file systems are mounted on most machines. */
const BPF_FILE_SYSTEM = '/sys/fs/bpf';

/**
 * null where no bpf file system is mounted. Names there have no dots, and no more than 255 bytes.
 *
 * @param spread what tells it from others
 */
function pinFolder(spread: string): string | null {
  const mounts = readMounts('bpf');
  const mount = mounts.find(({ point }) => point === BPF_FILE_SYSTEM) ?? mounts[0];
  const name = createHash('sha256').update(spread).digest('hex').slice(0, 16);
  return mount === undefined ? null : `${mount.point}/fourtuple/${name}`;
}

/** @throws FourtupleError FT_UNSUPPORTED where there is no bpf file system on which a spread could be pinned */
export function checkCanPin(): void {
  pinFolder('') ?? noPinFolder();
}

/**
 * A new folder for what is to stay attached when this process ends.
 *
 * @param spread what tells it from others
 * @throws FourtupleError FT_UNSUPPORTED
 */
export function newPinFolder(spread: string): string {
  const folder = pinFolder(spread) ?? noPinFolder();
  // Of a cgroup that had this path, and was removed.
  removePins(spread);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

function noPinFolder(): never {
  throw new FourtupleError('FT_UNSUPPORTED', 'no bpf file system is mounted, on which it could be kept', {
    hint: `mount -t bpf bpf ${BPF_FILE_SYSTEM}; or leave out --detach: it lasts for as long as fourtuple runs then.`,
  });
}

/** With the folder of all of them, where these are the last; also where another has come to an end on the way. */
export function removePins(spread: string): void {
  const folder = pinFolder(spread);
  if (folder === null) return;
  if (existsSync(folder)) {
    for (const name of readdirSync(folder)) unlinkSync(`${folder}/${name}`);
    rmdirSync(folder);
  }
  const above = dirname(folder);
  if (existsSync(above) && readdirSync(above).length === 0) rmdirSync(above);
}
