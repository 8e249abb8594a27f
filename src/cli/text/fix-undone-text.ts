import type { JournalEntry } from '../../changes/journal-entry.ts';
import type { FixUndone, UndoneEntry } from '../fix-report.ts';
import { toAscii } from './ascii.ts';
import { describeNamespace, describeSubject, describeValue, describeValues } from './fix-change-text.ts';
import { formatInstant } from './report-head.ts';
import type { Screen } from './screen.ts';
import { style } from './style.ts';
import { wrap } from './wrap.ts';

/** What was taken back; what could not be is told as the error that it is. */
export function renderUndone({ undone, failed, closed }: FixUndone, screen: Screen): string {
  const lines = [
    ...undone.flatMap((change) => renderChange(change, screen)),
    ...(closed === null ? [] : [wrap(describeClosed(closed), screen.width)]),
  ];
  if (lines.length === 0 && failed.length === 0) {
    lines.push('Nothing to take back: no change of fourtuple is in force.');
  }
  const text = lines.map((line) => `${line}\n`).join('');
  return screen.unicode ? text : toAscii(text);
}

function renderChange({ id, remedy, namespace, how, restored, alreadyBack }: UndoneEntry, screen: Screen): string[] {
  const what = `Entry ${id} (${remedy} in ${describeNamespace(namespace)})`;
  if (how === 'gone')
    return [wrap(`${what} is closed: its namespace is there no more, and the change with it.`, screen.width)];
  return [
    style(screen, 'bold', wrap(`${what} is taken back:`, screen.width)),
    ...restored.map((change) => `  ${describeSubject(change)}  ${describeValues(change, screen)}`),
    ...alreadyBack.map((change) => `  ${describeSubject(change)}  ${describeValue(change.kind, change.from)} already`),
  ];
}

const CLOSED = {
  undone: 'was taken back',
  failed: 'failed, and was taken back at once,',
  gone: 'went with its namespace, as was seen',
} as const;

function describeClosed({ id, remedy, closed }: JournalEntry): string {
  const note = closed?.note ?? null;
  const when = closed === null ? '' : ` ${CLOSED[closed.how]} on ${formatInstant(closed.at)}`;
  return `Nothing to take back: entry ${id} (${remedy})${when}${note === null ? '' : ` (${note.replace(/\.$/, '')})`}.`;
}
