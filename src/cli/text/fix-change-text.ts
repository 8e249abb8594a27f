import { isSpread, type RecordedChange } from '../../changes/recorded-change.ts';
import { SYSCTL_FILE } from '../../changes/sysctl-file.ts';
import { printable } from '../../linux/printable.ts';
import type { NamespaceName } from '../fix-head.ts';
import type { Screen } from './screen.ts';
import { wrap } from './wrap.ts';

/** Changes with both values, a line each; those of the sysctl file behind its name, a spread in two. */
export function renderChanges(changes: readonly RecordedChange[], screen: Screen): string[] {
  const lines = changes.filter(({ kind }) => kind === 'sysctl.d');
  const spreads = changes.filter(isSpread);
  const settings = changes.filter((change) => !lines.includes(change) && !spreads.includes(change));
  return [
    ...aligned(settings, screen),
    ...(lines.length === 0 ? [] : [`  and for the next boot, in ${SYSCTL_FILE}:`, ...aligned(lines, screen)]),
    ...spreads.flatMap((change) => [
      `  ${describeSubject(change)}`,
      wrap(`    ${describeValues(change, screen)}`, screen.width, '      '),
    ]),
  ];
}

function aligned(changes: readonly RecordedChange[], screen: Screen): string[] {
  const names = changes.map((change) => (change.kind === 'sysctl.d' ? change.setting : describeSubject(change)));
  const width = Math.max(0, ...names.map((name) => name.length));
  return changes.map((change, index) => `  ${names[index]?.padEnd(width)}  ${describeValues(change, screen)}`);
}

/** `2 → 1`. */
export function describeValues({ kind, from, to }: Omit<RecordedChange, 'setting'>, screen: Screen): string {
  return `${describeValue(kind, from)} ${screen.unicode ? '→' : '->'} ${describeValue(kind, to)}`;
}

const NOTHING: Readonly<Partial<Record<RecordedChange['kind'], string>>> = {
  'sysctl.d': '(no line)',
  spread: '(not spread)',
  'pinned-spread': '(not spread)',
};

/** What is there now may be anybody's. */
export function describeValue(kind: RecordedChange['kind'], value: string | null): string {
  if (value === null) return NOTHING[kind] ?? '(not there)';
  return value === '' ? '(none)' : printable(value);
}

/** What a change is about: `tcp_tw_reuse`, `tcp_tw_reuse at the next boot`, `connections of …/haproxy.service`. */
export function describeSubject({ kind, setting }: Pick<RecordedChange, 'kind' | 'setting'>): string {
  if (kind === 'sysctl.d') return `${setting} at the next boot`;
  return isSpread({ kind }) ? `connections of ${setting}` : setting;
}

export function describeNamespace({ name, inode }: NamespaceName): string {
  return name ?? `namespace ${inode}`;
}
