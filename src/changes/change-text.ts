import { printable } from '../linux/printable.ts';
import { sysctlName } from '../linux/sysctl.ts';
import type { RecordedChange } from './recorded-change.ts';
import { SYSCTL_FILE } from './sysctl-file.ts';

const NAMES: Readonly<Record<RecordedChange['kind'], (setting: string) => string>> = {
  sysctl: sysctlName,
  'sysctl.d': (setting) => `${sysctlName(setting)} in ${SYSCTL_FILE}`,
  address: (setting) => `the address ${setting}`,
  route: (setting) => `the local route of ${setting}`,
  spread: (directory) => `the spread of ${directory}`,
  'pinned-spread': (directory) => `the spread of ${directory}`,
};

/** What a change is about, as a message names it: `net.ipv4.tcp_tw_reuse`, `the address 10.0.0.12/32 on eth0`. */
export function nameChange({ kind, setting }: Pick<RecordedChange, 'kind' | 'setting'>): string {
  return NAMES[kind](printable(setting));
}

/** A value as a message shows it: `'1024 65535'`, `nothing`. */
export function quoteValue(value: string | null): string {
  return value === null || value === '' ? 'nothing' : `'${printable(value)}'`;
}
