import type { RecordedChange } from '../../changes/recorded-change.ts';
import { SYSCTL_FILE } from '../../changes/sysctl-file.ts';
import { printable } from '../../linux/printable.ts';
import type { NamespaceName } from '../fix-report.ts';
import type { Screen } from './screen.ts';

/** Changes with both values, a line each; those of the sysctl file behind its name. */
export function renderChanges(changes: readonly RecordedChange[], screen: Screen): string[] {
  const settings = changes.filter(({ kind }) => kind === 'sysctl');
  const lines = changes.filter(({ kind }) => kind === 'sysctl.d');
  return [
    ...aligned(settings, screen),
    ...(lines.length === 0 ? [] : [`  and for the next boot, in ${SYSCTL_FILE}:`, ...aligned(lines, screen)]),
  ];
}

function aligned(changes: readonly RecordedChange[], screen: Screen): string[] {
  const width = Math.max(0, ...changes.map(({ setting }) => setting.length));
  return changes.map((change) => `  ${change.setting.padEnd(width)}  ${describeValues(change, screen)}`);
}

/** `2 → 1`. */
export function describeValues({ from, to }: Pick<RecordedChange, 'from' | 'to'>, screen: Screen): string {
  return `${describeValue(from)} ${screen.unicode ? '→' : '->'} ${describeValue(to)}`;
}

/** What is there now may be anybody's. */
export function describeValue(value: string | null): string {
  if (value === null) return '(no line)';
  return value === '' ? '(none)' : printable(value);
}

/** What a change is about: `tcp_tw_reuse`, `tcp_tw_reuse at the next boot`. */
export function describeSubject({ kind, setting }: Pick<RecordedChange, 'kind' | 'setting'>): string {
  return kind === 'sysctl' ? setting : `${setting} at the next boot`;
}

export function describeNamespace({ name, inode }: NamespaceName): string {
  return name ?? `namespace ${inode}`;
}
