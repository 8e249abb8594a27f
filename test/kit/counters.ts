import { readFileSync } from 'node:fs';

/** What netstat -s counts of TCP and IP in the current namespace: `Tcp OutSegs`. CurrEstab is a gauge, and among them. */
function readCounters(): Map<string, number> {
  const counters = new Map<string, number>();
  for (const file of ['snmp', 'netstat']) {
    const lines = readFileSync(`/proc/thread-self/net/${file}`, 'latin1').trim().split('\n');
    for (let at = 0; at + 1 < lines.length; at += 2) {
      const [names = [], values = []] = [lines[at], lines[at + 1]].map((line) => line?.split(' '));
      const group = names[0]?.replace(':', '');
      names.slice(1).forEach((name, index) => void counters.set(`${group} ${name}`, Number(values[index + 1])));
    }
  }
  return counters;
}

/** The kernel's network counters of the current namespace that are others afterwards, and by how much. */
export function changedCounters(run: () => void): Record<string, number> {
  const before = readCounters();
  run();
  const changed: Record<string, number> = {};
  for (const [name, value] of readCounters()) {
    const difference = value - (before.get(name) ?? 0);
    if (difference !== 0) changed[name] = difference;
  }
  return changed;
}
