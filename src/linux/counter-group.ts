/**
 * Reads a group of /proc/net/netstat or /proc/net/snmp: a line of names and, below it, a line of values, both beginning
 * with the group's name (`netstat_seq_show()`, `snmp_seq_show()` of net/ipv4/proc.c).
 *
 * @returns gives a counter by its name, null for one that this kernel does not have; null where the group is not as the
 *   kernel writes it
 */
export function parseCounterGroup(text: string, group: string): ((name: string) => number | null) | null {
  const prefix = `${group}: `;
  const [names, values, ...more] = text
    .split('\n')
    .filter((line) => line.startsWith(prefix))
    .map((line) => line.slice(prefix.length).trim().split(' '));
  if (names === undefined || values?.length !== names.length || more.length > 0) return null;
  return (name) => {
    const value = values[names.indexOf(name)];
    return value !== undefined && /^\d+$/.test(value) ? Number(value) : null;
  };
}
