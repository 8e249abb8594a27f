import { join } from 'node:path';
import { stateDirectory } from '../../changes/state-directory.ts';

/**
 * Where the agent keeps its history where nothing else is said. In a folder of its own below the state directory: systemd
 * gives that folder to the agent's user (StateDirectory=fourtuple/agent), and the journal of changes beside it stays root's.
 */
export function historyFile(environment: Readonly<Record<string, string | undefined>>): string {
  // Of several, which colons separate (systemd.exec(5)), the first.
  const given = environment.STATE_DIRECTORY?.split(':')[0];
  const folder = given === undefined || given === '' ? join(stateDirectory(environment), 'agent') : given;
  return join(folder, 'history.db');
}

/** What SQLite keeps beside a file while it is open. */
export const SIDE_FILES = ['-wal', '-shm'] as const;
