import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fsyncSync,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { parseSettings } from '../linux/sysctl-files.ts';
import { checkSettingName } from '../linux/sysctl-write.ts';
import { FourtupleError } from '../tcp/error.ts';
import { normalValue } from './recorded-change.ts';
import { syncNames } from './state-directory.ts';
import type { OpenTarget } from './target.ts';

/** The program's own file among those that the host reads its settings from at boot (sysctl.d(5)). */
export const SYSCTL_FILE = '/etc/sysctl.d/90-fourtuple.conf';

const HEADER = [
  '# Kept across boots by `fourtuple fix --apply --persist`.',
  '# Take it back with `fourtuple fix --undo`, which knows what was there before.',
];
/** Not read at boot: its name does not end as it must. */
const UNFINISHED = '.new';
/** Readable for all, as the other files are. */
const MODE = 0o644;
const NO_FILE = new Set(['ENOENT', 'ENOTDIR']);

/**
 * The value of a setting in the program's sysctl file; null where the file has no line for it, or is not there.
 *
 * @throws FourtupleError FT_PRIVILEGE where it may not be read; FT_KERNEL where it cannot be
 */
export function readLine(root: string | undefined, setting: string): string | null {
  const name = `net.ipv4.${checkSettingName(setting)}`;
  const line = parseSettings(readText(fileOf(root))).findLast(({ setting: found }) => found === name);
  return line === undefined ? null : normalValue(line.value);
}

/**
 * Opens a setting's line of the program's sysctl file, which need not be there yet. Each write replaces the file as a
 * whole, so that it is never read half; what else is in it stays. It goes with its last line.
 *
 * @throws FourtupleError FT_PRIVILEGE, FT_KERNEL where its folder cannot be written to; FT_UNSUPPORTED where there is none
 */
export function openLine(root: string | undefined, setting: string): OpenTarget {
  const file = fileOf(root);
  checkWritable(file);
  return {
    read: () => readLine(root, setting),
    write: (value) => replaceFile(file, withLine(readText(file), setting, value)),
    close: () => {},
  };
}

/** Removes what a write has left that did not come to its end. */
export function removeUnfinished(root: string | undefined): void {
  const file = fileOf(root);
  attempt(file, () => rmSync(`${file}${UNFINISHED}`, { force: true }));
}

function fileOf(root = '/'): string {
  return join(root, SYSCTL_FILE);
}

function checkWritable(file: string): void {
  const folder = dirname(file);
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    const cause = error as NodeJS.ErrnoException;
    if (!NO_FILE.has(cause.code ?? '')) throw refusal(folder, cause);
    throw new FourtupleError('FT_UNSUPPORTED', `there is no folder '${folder}'`, {
      hint: 'This system reads no settings from there at boot: leave out --persist.',
      cause,
    });
  }
  const found = attempt(file, () => lstatSync(file, { throwIfNoEntry: false }));
  if (found !== undefined && !found.isFile()) {
    throw new FourtupleError('FT_KERNEL', `'${file}' is something else than a file of its own`, {
      hint: 'Remove it: the program writes its settings there.',
    });
  }
}

/** As bytes, one character each: what a person has put into it may be in any encoding. */
function readText(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch (error) {
    const cause = error as NodeJS.ErrnoException;
    if (NO_FILE.has(cause.code ?? '')) return '';
    throw refusal(file, cause, 'read');
  }
}

/** The text of the file with a line for a setting, in the place of the one that it has; or without any. */
function withLine(text: string, setting: string, value: string | null): string {
  const name = `net.ipv4.${setting}`;
  const found = parseSettings(text).flatMap((line) => (line.setting === name ? [line.line - 1] : []));
  const lines = text === '' ? [...HEADER, ''] : text.split('\n');
  if (value === null) return lines.filter((_, index) => !found.includes(index)).join('\n');
  const last = found.at(-1);
  if (last !== undefined) {
    return lines.map((line, index) => (index === last ? withValue(line, value) : line)).join('\n');
  }
  if (lines.at(-1) === '') lines.pop();
  return [...lines, `${name} = ${value}`, ''].join('\n');
}

/** A line of a person's keeps its own form. */
function withValue(line: string, value: string): string {
  return line.replace(/(=\s*).*$/, (_, sign: string) => `${sign}${value}`);
}

function isOnlyHeader(text: string): boolean {
  return text.split('\n').every((line) => line.trim() === '' || HEADER.includes(line));
}

function replaceFile(file: string, text: string): void {
  attempt(file, () => {
    if (isOnlyHeader(text)) rmSync(file, { force: true });
    else writeWhole(file, text);
    syncNames(dirname(file));
  });
}

function writeWhole(file: string, text: string): void {
  const unfinished = `${file}${UNFINISHED}`;
  try {
    const fd = openSync(unfinished, 'w', MODE);
    try {
      writeFileSync(fd, text, 'latin1');
      fchmodSync(fd, MODE);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(unfinished, file);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}

function attempt<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw refusal(file, error as NodeJS.ErrnoException);
  }
}

function refusal(file: string, cause: NodeJS.ErrnoException, doing: 'read' | 'written' = 'written'): FourtupleError {
  const errno = cause.code ?? cause.message;
  if (errno === 'EACCES' || errno === 'EPERM') {
    return new FourtupleError('FT_PRIVILEGE', `'${file}' may not be ${doing}: ${errno}`, {
      hint: 'Run it as root.',
      cause,
    });
  }
  const why = errno === 'EROFS' ? 'it is on a read-only file system' : errno;
  return new FourtupleError('FT_KERNEL', `'${file}' cannot be ${doing}: ${why}`, { cause });
}
