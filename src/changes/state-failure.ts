import { FourtupleError } from '../tcp/error.ts';

const REASONS: Readonly<Record<string, string>> = {
  EDQUOT: 'the quota is used up',
  EEXIST: 'something else has its name',
  EFBIG: 'no file may be so long',
  EIO: 'the disk fails',
  EISDIR: 'it is a directory',
  ELOOP: 'it is a symbolic link',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'its directory is none',
  EROFS: 'the file system is read-only',
};

const WAYS_ON: Readonly<Record<string, string>> = {
  EDQUOT: 'Make room, or ask for a larger quota.',
  EFBIG: 'Raise the limit (ulimit -f).',
  EIO: 'See what the kernel says of the disk (dmesg).',
  ENOSPC: 'Make room on its file system.',
};
const ELSEWHERE = 'Set FOURTUPLE_STATE_DIRECTORY to a directory that can be written.';

/**
 * Why a file of the state directory cannot be read or written.
 *
 * @param title the file, as it begins a sentence: `the journal '/var/lib/fourtuple/journal'`
 * @param aftermath one sentence that says what that means for the changes
 * @returns FT_PRIVILEGE or FT_JOURNAL for an error of the system; any other error itself
 */
export function stateFailure(error: unknown, title: string, doing: 'read' | 'written', aftermath?: string): unknown {
  const { code, errno } = error as NodeJS.ErrnoException;
  if (code === undefined || errno === undefined) return error;
  const reason = REASONS[code] === undefined ? code : `${code} (${REASONS[code]})`;
  const isRefused = code === 'EACCES' || code === 'EPERM';
  const wayOn = isRefused ? whoMay(doing) : (WAYS_ON[code] ?? ELSEWHERE);
  return new FourtupleError(
    isRefused ? 'FT_PRIVILEGE' : 'FT_JOURNAL',
    `${title} ${isRefused ? 'may not' : 'cannot'} be ${doing}: ${reason}`,
    { hint: aftermath === undefined ? wayOn : `${wayOn} ${aftermath}`, cause: error },
  );
}

function whoMay(doing: 'read' | 'written'): string {
  if (process.geteuid?.() === 0) {
    return `Something keeps root from it: a user namespace, an attribute (lsattr), a security module. ${ELSEWHERE}`;
  }
  return doing === 'read'
    ? 'Run it as root.'
    : 'Run it as root, or set FOURTUPLE_STATE_DIRECTORY to a directory of yours.';
}
