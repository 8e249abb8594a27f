import { join } from 'node:path';
import { stateDirectory } from '../../changes/state-directory.ts';

/** Where the agent keeps its history where nothing else is said: beside the journal. */
export function historyFile(environment: Readonly<Record<string, string | undefined>>): string {
  return join(stateDirectory(environment), 'history.db');
}

/** What SQLite keeps beside a file while it is open. */
export const SIDE_FILES = ['-wal', '-shm'] as const;
