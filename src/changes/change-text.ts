import { printable } from '../linux/printable.ts';
import type { RecordedChange } from './recorded-change.ts';
import { SYSCTL_FILE } from './sysctl-file.ts';

/** What a change is about, as a message names it: `net.ipv4.tcp_tw_reuse`. */
export function nameChange({ kind, setting }: Pick<RecordedChange, 'kind' | 'setting'>): string {
  return kind === 'sysctl' ? `net.ipv4.${setting}` : `net.ipv4.${setting} in ${SYSCTL_FILE}`;
}

/** A value as a message shows it: `'1024 65535'`, `nothing`. */
export function quoteValue(value: string | null): string {
  return value === null || value === '' ? 'nothing' : `'${printable(value)}'`;
}
