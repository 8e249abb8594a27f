import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { FourtupleError } from '../../tcp/error.ts';
import type { Environment } from './find-config.ts';

const LONGEST = 512;
/** RFC 6750, section 2.1: what may stand behind `Bearer`. Shorter ones can be guessed. */
const TOKEN = /^(?=.{16,512}$)[\w.~+/-]+=*$/;
const OTHERS = 0o006;

/**
 * The token of readers: from a file, or with `auto` from the credential `token` that systemd hands over (systemd.exec(5)).
 *
 * @returns null where none is asked for
 * @throws FourtupleError FT_CONFIG where the file cannot be read, is others' to read, or holds no token
 */
export function readToken(tokenFile: string, environment: Environment): string | null {
  if (tokenFile === 'none') return null;
  if (tokenFile !== 'auto') return tokenIn(tokenFile);
  const credentials = environment.CREDENTIALS_DIRECTORY;
  const credential = credentials === undefined || credentials === '' ? null : join(credentials, 'token');
  return credential === null || !existsSync(credential) ? null : tokenIn(credential);
}

function tokenIn(file: string): string {
  const token = readStart(file).trim();
  if (TOKEN.test(token)) return token;
  throw new FourtupleError('FT_CONFIG', `${file} holds no token`, {
    hint: 'A token has 16 to 512 letters, digits or -._~+/ on one line: openssl rand -hex 32',
  });
}

function readStart(file: string): string {
  try {
    const fd = openSync(file, 'r');
    try {
      checkIsSecret(file, fstatSync(fd).mode);
      const bytes = Buffer.alloc(LONGEST + 2);
      return bytes.toString('latin1', 0, readSync(fd, bytes));
    } finally {
      closeSync(fd);
    }
  } catch (cause) {
    if (cause instanceof FourtupleError) throw cause;
    throw new FourtupleError('FT_CONFIG', `the token cannot be read: ${(cause as Error).message}`, { cause });
  }
}

function checkIsSecret(file: string, mode: number): void {
  if ((mode & OTHERS) === 0) return;
  throw new FourtupleError('FT_CONFIG', `${file} is no secret: everybody on this machine may read or write it`, {
    hint: `Keep it to its owner: chmod 600 ${file}`,
  });
}
