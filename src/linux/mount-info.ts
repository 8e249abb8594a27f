import { readFileSync } from 'node:fs';

/** A mount that this process sees (proc_pid_mountinfo(5)). */
export interface Mount {
  /** The part of the file system that is mounted: `/`, a folder of it; `net:[4026532178]` for a namespace's file. */
  readonly root: string;
  readonly point: string;
  readonly type: string;
}

/** The mounts that this process sees, of the given type of file system; none where /proc cannot be read. */
export function readMounts(type: string): Mount[] {
  let text: string;
  try {
    text = readFileSync('/proc/self/mountinfo', 'utf8');
  } catch {
    return [];
  }
  return parseMounts(text).filter((mount) => mount.type === type);
}

export function parseMounts(text: string): Mount[] {
  return text.split('\n').flatMap((line) => {
    const fields = line.split(' ');
    const type = fields[fields.indexOf('-', 6) + 1];
    const [root, point] = [fields[3], fields[4]];
    if (fields.length < 9 || root === undefined || point === undefined || type === undefined) return [];
    return [{ root: unescapeOctal(root), point: unescapeOctal(point), type }];
  });
}

/** Space, tab, newline and backslash are written as three octal digits (`mangle()` of fs/proc_namespace.c). */
function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
