import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { FourtupleError } from '../../tcp/error.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The file of settings, as it is on the disk. */
export interface ConfigFile {
  readonly path: string;
  readonly text: string;
}

/**
 * Reads the file that is named, else that of the user, else that of the machine: one of them, whole.
 *
 * @param named by `--config`; where left out FOURTUPLE_CONFIG may name it
 * @returns null where none is named, and neither is there
 * @throws FourtupleError FT_CONFIG where it cannot be read
 */
export function findConfigFile(named: string | undefined, environment: Environment): ConfigFile | null {
  const path = named ?? (environment.FOURTUPLE_CONFIG || usualFiles(environment).find((file) => existsSync(file)));
  if (path === undefined) return null;
  try {
    return { path, text: readFileSync(path, 'utf8') };
  } catch (cause) {
    throw new FourtupleError('FT_CONFIG', `the configuration cannot be read: ${(cause as Error).message}`, { cause });
  }
}

/** The first by the XDG Base Directory Specification. */
function usualFiles(environment: Environment): string[] {
  const user = environment.XDG_CONFIG_HOME || join(environment.HOME || homedir(), '.config');
  return [join(user, 'fourtuple/agent.yaml'), '/etc/fourtuple/agent.yaml'];
}
