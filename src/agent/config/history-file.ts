import { join } from 'node:path';
import { stateDirectory } from '../../changes/state-directory.ts';

/**
 * Where the history is kept unless something else is said. Below the state directory, in a folder of its own: systemd
 * gives that folder to the agent's user (StateDirectory=fourtuple/agent), and the journal of changes beside it stays root's.
 */
export function defaultHistoryFile(environment: Readonly<Record<string, string | undefined>>): string {
  // Several would be separated by colons (systemd.exec(5)).
  const given = environment.STATE_DIRECTORY?.split(':')[0];
  const folder = given === undefined || given === '' ? join(stateDirectory(environment), 'agent') : given;
  return join(folder, 'history.db');
}
