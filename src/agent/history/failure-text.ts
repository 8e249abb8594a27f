import { FourtupleError } from '../../tcp/error.ts';
import type { SqlFailure } from './database.ts';

/** Why a history cannot be written, and what to do. */
export interface FailureText {
  readonly reason: string;
  readonly hint: string | null;
}

const NO_PERMISSION = {
  reason: 'this process may not write it',
  hint: 'Give its directory to the user that the agent runs as, or name another file: fourtuple agent --history FILE.',
} as const;
const NO_SPACE = { reason: 'the disk is full', hint: 'Make room; it goes on by itself then.' } as const;

const BY_CODE: Readonly<Record<string, FailureText>> = {
  EACCES: NO_PERMISSION,
  EPERM: NO_PERMISSION,
  EROFS: { ...NO_PERMISSION, reason: 'its file system is read-only' },
  SQLITE_READONLY: NO_PERMISSION,
  ENOSPC: NO_SPACE,
  EDQUOT: NO_SPACE,
  SQLITE_FULL: { reason: 'there is no room for it', hint: 'Make room on the disk, or allow the history more bytes.' },
  SQLITE_BUSY: {
    reason: 'another program has it locked',
    hint: 'End what writes to it, an sqlite3 shell perhaps.',
  },
};

/** @param isFull whether its file system has no room: what SQLite says then depends on which of its files grows */
export function failureText(error: unknown, isFull: boolean): FailureText {
  if (error instanceof FourtupleError) return { reason: error.message, hint: error.hint ?? null };
  const { code, message } = error as SqlFailure;
  if (isFull) return NO_SPACE;
  return (
    BY_CODE[code ?? ''] ?? BY_CODE[/^SQLITE_[A-Z]+/.exec(code ?? '')?.[0] ?? ''] ?? { reason: message, hint: null }
  );
}
