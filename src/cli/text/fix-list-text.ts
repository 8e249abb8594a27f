import type { ChangeState } from '../../changes/entry-state.ts';
import type { RecordedChange } from '../../changes/recorded-change.ts';
import { formatCount, formatRate } from '../../tcp/number-text.ts';
import type { FixList, ListedRemedy, OpenEntry } from '../fix-report.ts';
import { toAscii } from './ascii.ts';
import { describeNamespace, describeSubject, describeValue, describeValues } from './fix-change-text.ts';
import { describeEffectLane, describeGain, describeSafe, isNewLane } from './fix-effect-text.ts';
import { formatInstant, renderHead, renderNote } from './report-head.ts';
import { describeSafety, whyUseless } from './safety-text.ts';
import type { Screen } from './screen.ts';
import { style } from './style.ts';
import { type Column, renderTable } from './table.ts';
import { wrap } from './wrap.ts';

/** Of a value, in a line of the list: the whole is shown by the remedy itself. */
const LONGEST_VALUE = 40;

/** Less is none. */
const LEAST_GAIN = 1.05;

/**
 * What can be applied, what cannot, and what is applied.
 *
 * @param command what shows a remedy: `fourtuple fix tcp-tw-reuse --netns web`
 */
export function renderList(list: FixList, screen: Screen, command: (remedy: string) => string): string {
  const { remedies, unavailable, applied, notes } = list;
  const gaining = remedies.filter(isGaining);
  const others = remedies.filter((remedy) => !isGaining(remedy));
  // What must be told more says so itself.
  const [example] = [...gaining, ...others].filter(({ needs }) => needs === null);
  const blocks = [
    [renderHead(list, screen, 'examined')],
    renderRemedies(gaining, list, screen),
    ...(others.length === 0 ? [] : [renderOthers(others, screen)]),
    ...(unavailable.length === 0 ? [] : [renderUnavailable(list, screen)]),
    ...(applied === null ? [] : [renderApplied(applied, screen)]),
    ...(notes.length === 0 ? [] : [notes.map((note) => renderNote(note, screen))]),
    ...(example === undefined ? [] : [[renderNext(command(example.id), screen)]]),
  ];
  const text = `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
  return screen.unicode ? text : toAscii(text);
}

function isGaining({ effect }: ListedRemedy): boolean {
  return (effect.gain === null || effect.gain >= LEAST_GAIN) && whyUseless(effect) === null;
}

function renderRemedies(remedies: readonly ListedRemedy[], { namespace }: FixList, screen: Screen): string[] {
  const where = describeNamespace(namespace);
  const [first] = remedies;
  if (first === undefined) {
    const text = `No setting that is not already so would let a lane in ${where} open more. What else helps is no setting: fourtuple doctor tells.`;
    return [wrap(text, screen.width)];
  }
  const column = (title: string, cell: (remedy: ListedRemedy) => string, more: Partial<Column> = {}): Column => ({
    title,
    cells: remedies.map(cell),
    ...more,
  });
  const [title = '', ...rows] = renderTable(
    [
      column('REMEDY', ({ id }) => id),
      column('SLOTS', ({ effect }) => formatCount(effect.slots.predicted), { align: 'right' }),
      column('SUSTAINS/S', ({ effect }) => formatRate(effect.opensPerSecond.predicted), { align: 'right' }),
      column('GAIN', ({ effect }) => describeGain(effect.gain), { align: 'right' }),
      column('SAFE', ({ effect }) => describeSafe(effect)),
    ],
    screen.width,
    screen.unicode ? '…' : '~',
  );
  return [
    style(
      screen,
      'bold',
      wrap(`What can be applied in ${where}, and what it gives to ${forLane(first)}:`, screen.width),
    ),
    '',
    style(screen, 'dim', title),
    ...remedies.flatMap((remedy, index) => [rows[index] ?? '', ...renderDetails(remedy, screen)]),
  ];
}

/** Which lane the figures are for, and what it has now. */
function forLane({ effect }: ListedRemedy): string {
  const { used, slots, opensPerSecond } = effect;
  const sustained = `${formatRate(opensPerSecond.before)} opens/s sustained now`;
  return isNewLane(effect)
    ? `any new lane, for none has a connection (${formatCount(slots.before)} slots, ${sustained})`
    : `the fullest lane, ${describeEffectLane(effect)} (${formatCount(used)} of ${formatCount(slots.before)} slots used, ${sustained})`;
}

/** What it changes, and what speaks against it. */
function renderDetails({ changes, timeWait, needs, effect }: ListedRemedy, screen: Screen): string[] {
  const releases =
    timeWait === null
      ? []
      : [`releases, of ${formatCount(timeWait)} TIME_WAIT slots of the lane, those that are old enough`];
  const values = changes.map((change) => describeShortly(change, screen));
  const told = needs === null ? [] : [`with one more; each further one gives as much again. Needs ${needs}`];
  return [
    ...[...values, ...releases, ...told].map((line) => wrap(`  ${line}`, screen.width, '    ')),
    ...(effect.safe === true
      ? []
      : [style(screen, 'yellow', wrap(`  ${describeSafety(effect)}`, screen.width, '    '))]),
  ];
}

/** What is for something else than more connections, or is useless as things are. */
function renderOthers(remedies: readonly ListedRemedy[], screen: Screen): string[] {
  return [
    style(screen, 'bold', 'What can be applied too, and lets it open no more:'),
    ...remedies.flatMap(({ id, title, changes, effect }) => {
      const useless = whyUseless(effect);
      const what = useless === null ? title : `useless here, ${useless}`;
      return [
        wrap(`  ${id}: ${what}`, screen.width, '    '),
        ...changes.map((change) => wrap(`    ${describeShortly(change, screen)}`, screen.width, '      ')),
      ];
    }),
  ];
}

function describeShortly({ kind, setting, from, to }: RecordedChange, screen: Screen): string {
  return `${setting} ${describeValues({ kind, from: shorten(from, screen), to: shorten(to, screen) }, screen)}`;
}

function shorten(value: string | null, { unicode }: Screen): string | null {
  if (value === null || value.length <= LONGEST_VALUE) return value;
  return value.slice(0, LONGEST_VALUE) + (unicode ? '…' : '...');
}

function renderUnavailable({ unavailable }: FixList, screen: Screen): string[] {
  const width = Math.max(...unavailable.map(({ id }) => id.length));
  return [
    style(screen, 'bold', 'What cannot:'),
    ...unavailable.map(({ id, why }) => wrap(`  ${id.padEnd(width)}  ${why}`, screen.width, ' '.repeat(width + 4))),
  ];
}

function renderApplied(applied: readonly OpenEntry[], screen: Screen): string[] {
  const [newest] = applied;
  if (newest === undefined) return ['Nothing has been applied.'];
  return [
    style(screen, 'bold', 'What is applied:'),
    ...applied.flatMap((change) => renderOpen(change, screen)),
    `To take one back: fourtuple fix --undo ${newest.entry.id}`,
  ];
}

function renderOpen({ entry, changes, why }: OpenEntry, screen: Screen): string[] {
  const head = `  ${entry.id}  ${entry.remedy} in ${describeNamespace(entry.namespace)}, ${formatInstant(entry.at)}`;
  const indent = `     ${' '.repeat(String(entry.id).length - 1)}`;
  const lines =
    changes?.map(
      (state) => `${describeSubject(state.change)} ${describeValues(state.change, screen)}: ${describeState(state)}`,
    ) ?? entry.changes.map((change) => `${describeSubject(change)} ${describeValues(change, screen)}`);
  return [
    wrap(head, screen.width, indent),
    ...lines.map((line) => wrap(indent + line, screen.width, `${indent}  `)),
    ...(why === null ? [] : [style(screen, 'yellow', wrap(indent + why, screen.width, indent))]),
  ];
}

function describeState({ change: { kind }, state, now }: ChangeState): string {
  if (state === 'made') return 'in force';
  return state === 'back' ? 'already back' : `changed since, to ${describeValue(kind, now)}`;
}

function renderNext(command: string, screen: Screen): string {
  return style(screen, 'dim', `What one of them changes exactly, and how: ${command}`);
}
