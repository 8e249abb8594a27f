import type { ProcessReport } from '../../diagnosis/report.ts';

/** How many processes are named before the rest is only counted. */
const NAMED = 3;

/** `nginx 812`, `nginx 812 813 814`, `nginx (4 processes)`; with the unit or container where there is one. */
export function describeProcesses(processes: readonly ProcessReport[]): string {
  const byName = new Map<string, ProcessReport[]>();
  for (const process of processes) {
    const key = `${process.name}\0${process.unit ?? ''}`;
    byName.set(key, [...(byName.get(key) ?? []), process]);
  }
  const groups = [...byName.values()];
  const named = groups.slice(0, NAMED).map(describeGroup);
  const more = groups.length - named.length;
  return [...named, ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

function describeGroup(group: readonly ProcessReport[]): string {
  const { name, unit } = group[0] as ProcessReport;
  const which = group.length <= NAMED ? group.map(({ pid }) => pid).join(' ') : `(${group.length} processes)`;
  return unit === null ? `${name} ${which}` : `${name} ${which} in ${unit}`;
}
