import type { LaneEffect } from '../../diagnosis/remedy-effect.ts';
import { formatCount, formatRate, formatSeconds } from '../../tcp/number-text.ts';
import type { FixApplied, FixNothing, FixPreview, ObservedLane } from '../fix-report.ts';
import { toAscii } from './ascii.ts';
import { renderByHand } from './by-hand-text.ts';
import { describeNamespace, renderChanges } from './fix-change-text.ts';
import { describeEffectLane, renderExpected } from './fix-effect-text.ts';
import { formatInstant, renderHead, renderNote } from './report-head.ts';
import type { Screen } from './screen.ts';
import { style } from './style.ts';
import { renderTable } from './table.ts';
import { wrap } from './wrap.ts';

/** What a remedy would change and do, and how to have it. */
export function renderPreview(preview: FixPreview, screen: Screen): string {
  const { remedy, title, namespace, changes, lanes, refusal, missing, notes } = preview;
  return join(
    [
      [renderHead(preview, screen, 'examined')],
      [
        style(screen, 'bold', wrap(`${remedy}: ${title}`, screen.width)),
        `It would change in ${describeNamespace(namespace)}:`,
        ...renderChanges(changes, screen),
      ],
      ['What it would do:', ...renderExpected(lanes, screen)],
      ...notesOf(notes, screen),
      [
        'Nothing was changed.',
        ...(refusal === null ? [] : [wrap(`It would be refused: ${refusal}.`, screen.width)]),
        ...missing.map((text) => style(screen, 'yellow', wrap(`Needs: ${text}.`, screen.width))),
        ...renderWays(preview, screen),
      ],
    ],
    screen,
  );
}

function renderWays({ command, byHand, refusal, missing }: FixPreview, screen: Screen): string[] {
  const as = missing.length === 0 ? '' : ', as root';
  return [
    refusal === null ? `To make it so${as}:` : `To make it so all the same${as}:`,
    style(screen, 'green', `  ${command}`),
    ...renderByHand(byHand === null ? [] : [byHand], screen),
  ];
}

export function renderNothing({ why, entry }: FixNothing, screen: Screen): string {
  const by =
    entry === null
      ? ''
      : ` Entry ${entry.id} (${entry.remedy}) made it so, on ${formatInstant(entry.at)}: fourtuple fix --undo ${entry.id} takes it back.`;
  return join([[wrap(`Nothing to do: ${why}.${by}`, screen.width)]], screen);
}

/** What was changed: before the lanes are watched. */
export function renderChanged(applied: FixApplied, screen: Screen): string {
  const { id, remedy, namespace, changes, notes } = applied;
  return join(
    [
      [renderHead(applied, screen, 'examined')],
      [
        style(screen, 'bold', `${remedy} is applied in ${describeNamespace(namespace)}, as entry ${id}:`),
        ...renderChanges(changes, screen),
      ],
      ...notesOf(notes, screen),
    ],
    screen,
  );
}

/** What has become of the lanes, and the way back. */
export function renderObserved({ lanes, asPredicted, observedSeconds, undo }: FixApplied, screen: Screen): string {
  const observed = observedSeconds > 0;
  const blocks = [
    observed
      ? [`What it has done, as seen for ${formatSeconds(observedSeconds)}:`, ...renderLanes(lanes, screen)]
      : ['What it is to do (it was not observed):', ...renderExpected(lanes, screen)],
    ...(observed ? [[renderJudgement(lanes, asPredicted, screen)]] : []),
    [`To take it back: ${style(screen, 'green', undo)}`],
  ];
  return `\n${join(blocks, screen)}`;
}

/** Three lines for each lane, beside each other what was, what was to become of it, and what is. */
function renderLanes(lanes: readonly ObservedLane[], screen: Screen): string[] {
  const rows = lanes.flatMap(({ slots, opensPerSecond, opening }) => [
    ['slots', ...[slots.before, slots.predicted, slots.observed].map(formatCount)],
    [
      'sustained opens/s',
      ...[opensPerSecond.before, opensPerSecond.predicted, opensPerSecond.observed].map(formatRate),
    ],
    ['opens/s', formatRate(opening.before), '', formatRate(opening.after)],
  ]);
  const column = (title: string, index: number) => ({ title, cells: rows.map((row) => row[index] ?? '') });
  const right = { align: 'right' } as const;
  const [title = '', ...lines] = renderTable(
    [
      column('', 0),
      { ...column('BEFORE', 1), ...right },
      { ...column('PREDICTED', 2), ...right },
      { ...column('OBSERVED', 3), ...right },
    ],
    screen.width,
    '',
  );
  return [
    style(screen, 'dim', `  ${title}`),
    ...lanes.flatMap((lane, index) => [
      describeEffectLane(lane),
      ...lines.slice(3 * index, 3 * index + 3).map((line) => `  ${line}`),
      ...(lane.observation === null ? [] : [wrap(`  ${lane.observation}`, screen.width, '  ')]),
    ]),
  ];
}

function renderJudgement(lanes: readonly LaneEffect[], asPredicted: boolean | null, screen: Screen): string {
  if (asPredicted === true) return style(screen, 'green', 'As predicted.');
  if (asPredicted === null) return 'Whether it did what was predicted could not be observed.';
  const wrong = lanes.filter((lane) => lane.asPredicted === false);
  const said = wrong.map((lane) => `${describeEffectLane(lane)}: ${lane.observation ?? 'it differs'}`).join('; ');
  return style(screen, 'red', wrap(`NOT AS PREDICTED: ${said}`, screen.width));
}

function notesOf(notes: readonly string[], screen: Screen): string[][] {
  return notes.length === 0 ? [] : [notes.map((note) => renderNote(note, screen))];
}

function join(blocks: readonly (readonly string[])[], screen: Screen): string {
  const text = `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
  return screen.unicode ? text : toAscii(text);
}
