import type { RecycledLane, RecycleSummary } from '../../recycling/recycle.ts';
import type { Instruction } from '../../remedies/instruction.ts';
import { formatCount } from '../../tcp/number-text.ts';
import { toAscii } from './ascii.ts';
import { renderByHand } from './by-hand-text.ts';
import {
  describeOld,
  describeSustainable,
  renderFigure,
  renderLaneBlocks,
  renderTitle,
  renderUse,
} from './recycle-lane.ts';
import type { Screen } from './screen.ts';
import { style } from './style.ts';
import { wrap } from './wrap.ts';

/** What is told beside the lanes of a dry run. */
export interface RecyclePreviewText {
  /** What does it. */
  readonly command: string;
  /** What this process lacks to do it, one sentence each. */
  readonly missing: readonly string[];
  /** What does it by hand, as root. */
  readonly byHand: readonly Instruction[];
}

/** What a dry run would have released, and what does it. */
export function renderRecyclePreview(summary: RecycleSummary, more: RecyclePreviewText, screen: Screen): string {
  const blocks = [
    ...renderLaneBlocks(summary, screen, (lane) => renderLane(lane, screen)),
    renderWay(summary.lanes, more, screen),
  ];
  const text = `${blocks.join('\n\n')}\n`;
  return screen.unicode ? text : toAscii(text);
}

function renderLane(lane: RecycledLane, screen: Screen): string[] {
  const what = lane.refused
    ? 'would be left alone without --force'
    : `${formatCount(lane.released)} ${describeOld(lane)} would be released`;
  const { sustainableOpensPerSecond: sustained } = lane;
  return [
    renderTitle(lane, what, screen),
    renderUse(lane, screen),
    renderFigure('network', `${describeSafety(lane)}: ${lane.reason}`, screen),
    ...(sustained === null
      ? []
      : [renderFigure('opens/s', `${describeSustainable(sustained)}, where it goes on (--for)`, screen)]),
  ];
}

function describeSafety({ safe }: RecycledLane): string {
  if (safe === null) return 'whether it is clean is not known';
  return safe ? 'clean' : 'NOT CLEAN';
}

function renderWay(
  lanes: readonly RecycledLane[],
  { command, missing, byHand }: RecyclePreviewText,
  screen: Screen,
): string {
  const { lead, flags } = describeWay(lanes, command);
  return [
    ...missing.map((text) => style(screen, 'yellow', wrap(`Needed for it: ${text}.`, screen.width))),
    wrap(`Nothing was released. ${lead}`, screen.width),
    style(screen, 'green', `  ${[command, ...flags, '--apply'].join(' ')}`),
    ...renderByHand(byHand, screen),
  ].join('\n');
}

function describeWay(lanes: readonly RecycledLane[], command: string): { lead: string; flags: readonly string[] } {
  if (lanes.some(({ released }) => released > 0)) return { lead: 'To do it:', flags: [] };
  if (lanes.some(({ refused }) => refused)) {
    return { lead: 'To do it all the same, on your own word:', flags: ['--force'] };
  }
  const goesOn = / --for[ =]/.test(command);
  return { lead: 'To hold them below the threshold from now on:', flags: goesOn ? [] : ['--for ever'] };
}
