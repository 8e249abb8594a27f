import { shorten } from '../../plan/page/fitted-text.ts';
import { type Markup, markup, NOTHING } from '../../plan/page/markup.ts';
import type { Plot, Series } from '../lab-report.ts';
import { axisText, axisTitle, drawable, type PlotScales, plotScales, plotText } from '../plot-scale.ts';

/** The drawing is about as wide as a phone, so that its letters stay readable there. */
const WIDTH = 420;
const [LEFT, RIGHT] = [50, 396];
const HEIGHT = 190;
const LINE = 18;
/** Of a letter, about. */
const LETTER = 7.2;
const [X_TICKS, Y_TICKS] = [6, 6];
/** Curves of few points show each. */
const FEW_POINTS = 40;
/** Kinds of lines and dots that can be told apart; the style has them. */
const KINDS = 6;

/** Where a plot stands within its drawing. */
interface Frame {
  readonly top: number;
  readonly bottom: number;
  x(value: number): number;
  y(value: number): number;
}

/**
 * Curves over one another, with what they are below them.
 *
 * @param id for the title and the description, unique within the page
 */
export function plotChart(plot: Plot, id: string): Markup {
  const scales = plotScales(plot);
  const top = 26 + LINE * plot.marks.length;
  const bottom = top + HEIGHT;
  const frame: Frame = {
    ...{ top, bottom },
    x: (value) => LEFT + scales.x.position(value) * (RIGHT - LEFT),
    y: (value) => bottom - scales.y.position(value) * HEIGHT,
  };
  const keyTop = bottom + 62;
  return markup`<svg class="chart" viewBox="0 0 ${WIDTH} ${keyTop + LINE * plot.series.length}" role="img" aria-labelledby="${id}-title ${id}-text">
<title id="${id}-title">${plot.title}</title>
<desc id="${id}-text">${describe(plot)}</desc>
${axes(plot, scales, frame)}
${plot.series.map((series, index) => curve(drawable(series, plot), index % KINDS, frame))}
${marks(plot, frame)}
${plot.series.map((series, index) => key(series, index % KINDS, keyTop + LINE * index))}
</svg>`;
}

function describe({ x, y, series, marks }: Plot): string {
  const curves = series.map(({ name, points }) => {
    const [first, last] = [points[0], points.at(-1)];
    if (first === undefined || last === undefined) return `${name}: no points.`;
    const values = points.map(([, value]) => value);
    const [least, most] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
    const ends = [first, last].map(([at, value]) => `${plotText(y, value)} at ${plotText(x, at)}`);
    return `${name}: from ${ends.join(' to ')}, ${plotText(y, least)} at least and ${plotText(y, most)} at most.`;
  });
  const scale = y.isLogarithmic === true ? ' on a logarithmic scale' : '';
  return [
    `${axisTitle(y)}${scale}, over ${axisTitle(x)}.`,
    ...curves,
    ...marks.map((mark) => `Marked at ${plotText(x, mark.x)}: ${mark.label}.`),
  ].join(' ');
}

function axes({ x, y }: Plot, scales: PlotScales, frame: Frame): Markup {
  const { top, bottom } = frame;
  const rows = scales.y.ticks(Y_TICKS).map(
    (value) => markup`<path class="grid" d="M${LEFT} ${frame.y(value)}H${RIGHT}"/>
<text class="end" x="${LEFT - 6}" y="${frame.y(value) + 4}">${axisText(y, value)}</text>`,
  );
  const columns = scales.x.ticks(X_TICKS).map(
    (value) => markup`<path class="axis" d="M${frame.x(value)} ${bottom}v5"/>
<text class="middle" x="${frame.x(value)}" y="${bottom + 19}">${axisText(x, value)}</text>`,
  );
  return markup`${rows}
${columns}
<path class="axis" d="M${LEFT} ${top}V${bottom}H${RIGHT}"/>
<text x="2" y="14">${shorten(axisTitle(y), (WIDTH - 4) / LETTER)}</text>
<text class="middle" x="${(LEFT + RIGHT) / 2}" y="${bottom + 39}">${shorten(axisTitle(x), (RIGHT - LEFT) / LETTER)}</text>`;
}

function curve(points: readonly (readonly [number, number])[], kind: number, frame: Frame): Markup {
  const places = points.map(([at, value]) => `${frame.x(at).toFixed(1)} ${frame.y(value).toFixed(1)}`);
  // Thousands of points stand in a few hundred places.
  const path = places.filter((place, index) => place !== places[index - 1]).join('L');
  if (path === '') return NOTHING;
  const dots = points.length > FEW_POINTS ? [] : points.map(([at, value]) => dot(frame.x(at), frame.y(value), kind));
  return markup`<path class="curve curve-${kind}" d="M${path}"/>
${dots}`;
}

/** Round and square by turns: colour alone tells some readers nothing. */
function dot(x: number, y: number, kind: number): Markup {
  return kind % 2 === 0
    ? markup`<circle class="dot-${kind}" cx="${x}" cy="${y}" r="3"/>`
    : markup`<rect class="dot-${kind}" x="${x - 3}" y="${y - 3}" width="6" height="6"/>`;
}

/** Each with its label at a height of its own, so that none stands in another. */
function marks({ x: axis, marks: all }: Plot, { x, top, bottom }: Frame): Markup {
  return markup`${all.map((mark, index) => {
    const place = x(mark.x);
    const height = top - 8 - LINE * index;
    const isLeftwards = place > (LEFT + RIGHT) / 2;
    const room = (isLeftwards ? place - 7 : WIDTH - place - 7) / LETTER;
    const text = shorten(`${mark.label} (${plotText(axis, mark.x)})`, room);
    return markup`<path class="mark" d="M${place} ${height - 10}V${bottom}"/>
<text class="halo ${isLeftwards ? 'end' : 'start'}" x="${place + (isLeftwards ? -5 : 5)}" y="${height}">${text}</text>`;
  })}`;
}

function key({ name }: Series, kind: number, y: number): Markup {
  return markup`<path class="curve curve-${kind}" d="M${LEFT} ${y}h28"/>${dot(LEFT + 14, y, kind)}<text x="${LEFT + 36}" y="${y + 4}">${shorten(name, (WIDTH - LEFT - 36) / LETTER)}</text>`;
}
