import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

/** A line of a sysctl file, as sysctl.d(5) has it. */
export interface SettingLine {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  /** With dots: `net.ipv4.tcp_tw_recycle`. */
  readonly setting: string;
  readonly value: string;
}

/** A file in an earlier one takes the place of its namesakes in later ones (sysctl.d(5)). */
const FOLDERS = ['etc/sysctl.d', 'run/sysctl.d', 'usr/local/lib/sysctl.d', 'usr/lib/sysctl.d', 'lib/sysctl.d'];
/** Read last by `sysctl --system` (sysctl(8)); systemd reads it where a folder has a link to it. */
const LAST_FILE = 'etc/sysctl.conf';

/** `-` before the name: it is no error if the kernel does not have it. */
const SETTING = /^\s*-?\s*([^\s#;=-][^\s=]*)\s*=\s*(.*?)\s*$/;

/**
 * Every setting that the host's sysctl files hold, in the order in which they are applied at boot: a later one replaces an
 * earlier one. Files that cannot be read are left out.
 *
 * @param root what stands for `/`
 */
export function readSettingLines(root = '/'): SettingLine[] {
  const read = new Set<string>();
  return [...listFiles(root), join(root, LAST_FILE)].flatMap((file) => {
    const target = tryResolve(file);
    if (target === null || read.has(target)) return [];
    read.add(target);
    // A link's own name says less than the file that a person has to change.
    const shown = target.startsWith(`${resolve(root)}`) ? `/${relative(root, target)}` : target;
    return parseSettings(tryRead(target)).map((setting) => ({ file: shown, ...setting }));
  });
}

/** By name, whatever the folder. */
function listFiles(root: string): string[] {
  const byName = new Map<string, string>();
  for (const folder of FOLDERS) {
    for (const name of tryList(join(root, folder))) {
      if (name.endsWith('.conf') && !byName.has(name)) byName.set(name, join(root, folder, name));
    }
  }
  return [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, file]) => file);
}

/** The settings of one file, in its order. */
export function parseSettings(text: string): Omit<SettingLine, 'file'>[] {
  return text.split('\n').flatMap((line, index) => {
    const [, name, value] = SETTING.exec(line) ?? [];
    return name === undefined || value === undefined ? [] : [{ line: index + 1, setting: withDots(name), value }];
  });
}

/** `net/ipv4/conf/eth0.1/forwarding`: where the first separator is a slash, dots are part of the names. */
function withDots(name: string): string {
  if (!/^[^./]*\//.test(name)) return name;
  return name.replace(/[./]/g, (separator) => (separator === '/' ? '.' : '/'));
}

function tryList(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function tryResolve(file: string): string | null {
  try {
    return realpathSync(file);
  } catch {
    return null;
  }
}

function tryRead(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
