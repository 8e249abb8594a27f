import type { Experiment } from '../../lab/experiment.ts';
import type { ExperimentReport } from '../../lab/lab-report.ts';
import type { Progress } from '../../lab/messages.ts';
import { describeFindings } from '../../lab/verdict.ts';
import { formatSeconds, formatWait } from '../../tcp/number-text.ts';
import { fitForScreen } from './fit-for-screen.ts';
import { markOf } from './lab-findings.ts';
import type { Screen } from './screen.ts';
import { style } from './style.ts';

/** An experiment that goes on. */
export interface Running {
  readonly experiment: Experiment;
  readonly elapsedSeconds: number;
  /** null where it has not told any yet. */
  readonly progress: Progress | null;
}

const BAR = 12;
/** Below this width there is no room for the bar. */
const WIDE_ENOUGH = 56;
const SPINNER = { unicode: ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'], ascii: ['|', '/', '-', '\\'] };
const SKIPPED = { unicode: '–', ascii: '--' };
/** So full is a bar at most whose experiment has not told how far it is. */
const MOST_GUESSED = 0.98;

/**
 * An experiment that goes on in a line that is shorter than the screen is wide.
 *
 * @param names the width of the names
 * @param tick counts the drawings
 * @param hasEstimate whether it takes about as long as it says
 */
export function renderRunning(
  { experiment, elapsedSeconds, progress }: Running,
  screen: Screen,
  { names, tick, hasEstimate }: { readonly names: number; readonly tick: number; readonly hasEstimate: boolean },
): string {
  const { unicode, width } = screen;
  const frames = unicode ? SPINNER.unicode : SPINNER.ascii;
  const left = experiment.seconds - elapsedSeconds;
  const time =
    hasEstimate && left > 0 ? `${formatWait(Math.max(1, Math.ceil(left)))} left` : formatTime(elapsedSeconds);
  const guess = hasEstimate ? Math.min(MOST_GUESSED, elapsedSeconds / experiment.seconds) : null;
  const bar = width < WIDE_ENOUGH ? [] : [renderShare(progress?.share ?? guess, unicode)];
  const doing = fitForScreen(progress?.doing ?? 'setting up', screen).replaceAll('\n', ' ');
  const parts = [experiment.name.padEnd(names), ...bar, time.padStart(10), doing];
  const line = `${frames[tick % frames.length]} ${parts.join('  ')}`;
  return cut(line, screen);
}

function formatTime(seconds: number): string {
  return formatWait(Math.max(1, Math.round(seconds)));
}

function renderShare(share: number | null, unicode: boolean): string {
  const [full, empty] = unicode ? ['█', '░'] : ['#', '.'];
  const filled = Math.floor(BAR * Math.min(1, Math.max(0, share ?? 0)));
  return full.repeat(filled) + empty.repeat(BAR - filled);
}

/** What has not begun, in the last line. */
export function renderQueue(count: number, screen: Screen): string {
  return style(screen, 'dim', cut(`  ${count} more to come`, screen));
}

/** Those that have no room on the screen. */
export function renderHidden(count: number, screen: Screen): string {
  return style(screen, 'dim', cut(`  and ${count} more at work`, screen));
}

/** What came of an experiment, in one line that may be longer than the screen is wide. */
export function describeEnd(report: ExperimentReport, names: number, screen: Screen): { mark: string; text: string } {
  const { name, result, reason, seconds } = report;
  const broken = `${result === 'skipped' ? 'cannot run here' : 'broke off'}: ${(reason ?? '').split('\n')[0]}`;
  const what = reason === null ? `${describeFindings(report)}, ${formatSeconds(seconds)}` : broken;
  const mark =
    result === 'skipped'
      ? SKIPPED[screen.unicode ? 'unicode' : 'ascii']
      : markOf({ agrees: result === 'agrees' }, screen);
  return { mark, text: fitForScreen(`${name.padEnd(names)}  ${what}`, screen) };
}

/** The same for a terminal: in colours, and no longer than a line. */
export function renderEnd(report: ExperimentReport, names: number, screen: Screen): string {
  const { mark, text } = describeEnd(report, names, screen);
  const { result } = report;
  const colour = result === 'agrees' ? 'green' : result === 'skipped' ? 'yellow' : 'red';
  return style(screen, colour, mark) + cut(`${mark} ${text}`, screen).slice(mark.length);
}

/** A line that fills the last column would make a terminal go to the next one. */
function cut(text: string, { width, unicode }: Screen): string {
  const ellipsis = unicode ? '…' : '...';
  return text.length < width ? text : text.slice(0, Math.max(0, width - 1 - ellipsis.length)) + ellipsis;
}
