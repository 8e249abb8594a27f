import { formatPortList, parsePortList } from '../tcp/port-list.ts';
import { normalValue } from './recorded-change.ts';

/** Whether two values of a setting mean the same: white space does not count, nor how a list of ports is written. */
export function isSameValue(setting: string, a: string | null, b: string | null): boolean {
  if (a === null || b === null) return a === b;
  return meaning(setting, a) === meaning(setting, b);
}

function meaning(setting: string, value: string): string {
  if (setting !== 'ip_local_reserved_ports') return normalValue(value);
  try {
    return formatPortList(parsePortList(value));
  } catch {
    // A line of a file can hold anything.
    return normalValue(value);
  }
}
