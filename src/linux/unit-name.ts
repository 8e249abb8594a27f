const ESCAPED = /(?:\\x[0-9a-f]{2})+/gi;

/**
 * Undoes systemd's escaping of a unit's or a cgroup's name for people to read: `\x2d` is `-` (systemd.unit(5), "String
 * escaping for inclusion in unit names"), and a leading `_` only keeps it apart from the kernel's own files
 * (`cg_escape()` of systemd's src/basic/cgroup-util.c). `systemctl` wants `\x2d` as it is.
 */
export function unescapeUnit(name: string): string {
  return name
    .replace(/^_/, '')
    .replace(ESCAPED, (run) => Buffer.from(run.replaceAll(/\\x/gi, ''), 'hex').toString('utf8'));
}
