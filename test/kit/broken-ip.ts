import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '../../src/lab/needed-programs.ts';

/** What it says of it. */
export const BROKEN_IP = 'RTNETLINK answers: No space left on device';

/**
 * An `ip` that gives no addresses to a host of this name, and does everything else.
 *
 * @param folder for the program
 * @returns the path on which it is found
 */
export function brokenIp(folder: string, host: string): string {
  const [real, path] = [findProgram('ip') ?? 'ip', join(folder, 'broken')];
  mkdirSync(path);
  const script = `#!/bin/sh
if [ "$1" = address ] && [ "$(${real} netns identify)" = ${host} ]; then echo '${BROKEN_IP}' >&2; exit 2; fi
exec ${real} "$@"
`;
  writeFileSync(join(path, 'ip'), script);
  chmodSync(join(path, 'ip'), 0o755);
  return `${path}:${process.env.PATH}`;
}
