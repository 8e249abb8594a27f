import type { RemedyReport } from '../../diagnosis/report.ts';
import { formatCount, formatRate } from '../../tcp/number-text.ts';
import { describeSafety } from './safety-text.ts';
import type { Screen } from './screen.ts';
import { style } from './style.ts';
import { wrap } from './wrap.ts';

const INDENT = '     ';
/** What an instruction is introduced by. */
const PLACES = {
  shell: null,
  nginx: 'nginx.conf',
  haproxy: 'haproxy.cfg',
  envoy: 'Envoy',
  node: 'Node.js',
  c: 'in the program',
} as const;

/** So many texts are written out where not all are asked for: who opens the connections is not known, else it is one. */
const MOST_TEXTS = 2;

/**
 * A remedy with its gain, its risk here, and what to type.
 *
 * @param full whatever there is to type; else the places only, where they are many
 */
export function renderRemedy(remedy: RemedyReport, rank: number, screen: Screen, full: boolean): string[] {
  const { missing, possible } = remedy;
  return [
    renderTitle(remedy, rank, screen),
    ...(possible ? [INDENT + wrap(describeSafety(remedy), screen.width - INDENT.length, INDENT)] : []),
    ...missing.map((text) => style(screen, 'yellow', `${INDENT}${possible ? 'needs' : 'not here'}: ${text}`)),
    ...(possible ? renderWaysToDoIt(remedy, screen, full) : []),
  ];
}

/** A remedy in short: what it gains. */
export function renderTitle(remedy: RemedyReport, rank: number, screen: Screen): string {
  const gain = describeGain(remedy);
  const title = `${String(rank).padStart(3)}. ${remedy.title}`;
  const line = wrap(gain === '' ? title : `${title}: ${gain}`, screen.width, INDENT);
  return line.replace(remedy.title, (text) => style(screen, 'bold', text));
}

function describeGain({ gain, slots, opensPerSecond, possible }: RemedyReport): string {
  if (!possible) return 'not here';
  if (gain === null) return 'no limit by ports any more';
  if (gain < 1.005) return '';
  const times = `${gain >= 10 ? formatCount(gain) : gain.toFixed(1)} times`;
  const rate = opensPerSecond === null ? '' : `${formatRate(opensPerSecond)} opens/s sustained`;
  return rate === ''
    ? `${formatCount(slots)} slots, ${times}`
    : `${formatCount(slots)} slots, ${rate}, ${times} as many`;
}

/** By this program where it can, which journals it and takes it back; else, or by hand. */
function renderWaysToDoIt({ fix, instructions }: RemedyReport, screen: Screen, full: boolean): readonly string[] {
  const byHand = renderInstructions(instructions, screen, full);
  if (fix === null) return byHand;
  return [renderLine(fix, screen), ...(byHand.length === 0 ? [] : [`${INDENT}or by hand:`]), ...byHand];
}

function renderInstructions(
  instructions: RemedyReport['instructions'],
  screen: Screen,
  full: boolean,
): readonly string[] {
  if (full || instructions.length <= MOST_TEXTS) {
    return instructions.flatMap((instruction) => renderInstruction(instruction, screen));
  }
  const places = [...new Set(instructions.map(({ where }) => PLACES[where] ?? 'a shell'))];
  return [INDENT + style(screen, 'dim', `(what to write for ${places.join(', ')}: --full)`)];
}

function renderInstruction({ where, text, note }: RemedyReport['instructions'][number], screen: Screen): string[] {
  const place = PLACES[where];
  return [
    ...(place === null ? [] : [`${INDENT}${place}:`]),
    ...text.split('\n').map((line) => renderLine(line, screen)),
    ...(note === null ? [] : [style(screen, 'dim', INDENT + wrap(note, screen.width - INDENT.length, INDENT))]),
  ];
}

function renderLine(line: string, screen: Screen): string {
  return style(screen, 'green', `${INDENT}  ${line}`);
}
