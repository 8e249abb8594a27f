import type { PlannedRemedy } from '../answer.ts';
import { countText, multipleText, rateText, UNBOUNDED } from './figure-text.ts';
import { wrap } from './fitted-text.ts';
import { type Markup, markup, NOTHING } from './markup.ts';
import { logScale, powerTicks, type Scale, tickText } from './scale.ts';

const WIDTH = 420;
const [LEFT, RIGHT] = [2, 404];
const LINE = 17;
const BAR = 14;
const GAP = 16;
const LETTERS = 48;

/** The remedies under each other, each with a bar as long as the logarithm of its gain. */
export function remedyBars(remedies: readonly PlannedRemedy[]): Markup {
  const most = mostOf(remedies);
  const x = logScale(most, LEFT, RIGHT);
  let bottom = 4;
  const rows = remedies.map((remedy) => {
    const top = bottom;
    const lines = wrap(remedy.title, LETTERS, 2);
    bottom = top + lines.length * LINE + BAR + LINE + GAP + 4;
    return drawRemedy(remedy, lines, top, x);
  });
  const ticks = powerTicks(most, 6).map(
    (gain) => markup`<path class="axis" d="M${x(gain)} ${bottom - 4}v5"/>
<text class="${tickAnchor(gain, most)}" x="${x(gain)}" y="${bottom + 16}">×${tickText(gain)}</text>`,
  );
  return markup`<svg class="bars" viewBox="0 0 ${WIDTH} ${bottom + 24}" role="img" aria-labelledby="bars-title bars-text">
<title id="bars-title">What each remedy alone would gain</title>
<desc id="bars-text">Bars on a logarithmic scale. ${remedies.map((remedy) => `${remedy.title}: ${labelOf(remedy)}.`).join(' ')}</desc>
${rows}
<path class="axis" d="M${LEFT} ${bottom - 4}H${RIGHT}"/>
${ticks}
</svg>`;
}

/** The power of ten at which the scale ends. */
function mostOf(remedies: readonly PlannedRemedy[]): number {
  const gains = remedies.map(({ gain }) => gain ?? 1).filter(Number.isFinite);
  return 10 ** Math.min(300, Math.max(1, Math.ceil(Math.log10(Math.max(1, ...gains)) - 1e-9)));
}

function tickAnchor(gain: number, most: number): string {
  if (gain === 1) return 'start';
  return gain === most ? 'end' : 'middle';
}

function drawRemedy(remedy: PlannedRemedy, lines: readonly string[], top: number, x: Scale): Markup {
  const bar = top + lines.length * LINE + 2;
  const end = remedy.gain === null ? RIGHT : Math.max(LEFT + 2, x(remedy.gain));
  const title = lines.map(
    (line, index) => markup`<text class="strong" x="${LEFT}" y="${top + LINE * index + 13}">${line}</text>`,
  );
  const arrow = isUnbounded(remedy)
    ? markup`<path class="arrow" d="M${RIGHT - 1} ${bar - 3}l12 ${BAR / 2 + 3}l-12 ${BAR / 2 + 3}z"/>`
    : NOTHING;
  return markup`${title}
<rect class="bar" x="${LEFT}" y="${bar}" width="${end - LEFT}" height="${BAR}"/>${arrow}
<text x="${LEFT}" y="${bar + BAR + 15}">${labelOf(remedy)}</text>`;
}

function isUnbounded({ gain }: PlannedRemedy): boolean {
  return gain === null || !Number.isFinite(gain);
}

function labelOf(remedy: PlannedRemedy): string {
  const slots = `${countText(remedy.slots)} slots`;
  if (remedy.gain === null || isUnbounded(remedy)) return `${slots}, ${UNBOUNDED}`;
  const sustains = remedy.sustainableOpensPerSecond;
  return `×${multipleText(remedy.gain)}: ${slots}${sustains === null ? '' : `, sustains ${rateText(sustains)}`}`;
}
