import { modelSustainableOpensPerSecond } from '../../tcp/lane-model.ts';
import { formatShare } from '../../tcp/number-text.ts';
import type { TierAnswer } from '../answer.ts';
import { isLoaded } from '../kept-connections.ts';
import { narrowestPool, roomOf, tierPools } from '../pools.ts';
import { Refusals } from '../refusals.ts';
import type { Tier } from '../topology.ts';
import { probabilityText, rateText } from './figure-text.ts';
import { type Markup, markup, NOTHING } from './markup.ts';
import { linearScale, roundTicks, type Scale, tickText } from './scale.ts';

/** The drawing is about as wide as a phone, so that its letters stay readable there. */
const [WIDTH, HEIGHT] = [420, 326];
const [LEFT, RIGHT, TOP, BOTTOM] = [46, 404, 66, 246];

/** The highest load that is drawn, in multiples of what the tier can sustain. */
const HIGHEST_LOAD = 1.3;

/** Points of a curve for each time that the tier can sustain: the refusals begin within a few hundredths of it. */
const POINTS = 100;

/** Whether there is anything to draw: opens per second that ports bound, in numbers that can be told apart. */
export function hasLoadChart(tier: TierAnswer): boolean {
  const sustainable = tier.sustainableOpensPerSecond ?? 0;
  return tier.opensPerSecond !== null && tier.slotsPerLane >= 1 && sustainable > 1e-6 && sustainable < 1e300;
}

/**
 * Utilization of a tier (mean, by Little's law) and the refusal probability of its lanes (see refusals.ts) over opens per second,
 * from none to 1.3 times what it can sustain.
 *
 * @param id for the title and the description, unique within the page
 */
export function loadChart(tier: Tier, answer: TierAnswer, id: string): Markup {
  const sustainable = answer.sustainableOpensPerSecond ?? 0;
  const x = linearScale(HIGHEST_LOAD * sustainable, LEFT, RIGHT);
  const y = linearScale(1, BOTTOM, TOP);
  const shares = Array.from({ length: HIGHEST_LOAD * POINTS + 1 }, (_, index) => index / POINTS);
  const kept = keptShareOf(answer);
  const used = shares.map((share): Point => [x(share * sustainable), y(kept + share * (1 - kept))]);
  const loss = lossByLoad(tier);
  const refused = shares.map((share): Point => [x(share * sustainable), y(loss(share))]);
  return markup`<svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="${id}-title ${id}-text">
<title id="${id}-title">Utilization over load: ${tier.name}</title>
<desc id="${id}-text">${describe(answer)}</desc>
${axes(x, y, HIGHEST_LOAD * sustainable)}
${cliff(answer, y)}
<path class="refused" d="${pathOf(refused)}"/>
<path class="used" d="${pathOf(used)}"/>
${marks(answer, x)}
<path class="used" d="M46 311h26"/><text x="78" y="316">used share of slots</text>
<path class="refused" d="M232 311h26"/><text x="264" y="316">share refused</text>
</svg>`;
}

/** Of the slots: those that kept connections hold at any rate. */
function keptShareOf({ keptConnections, slots }: TierAnswer): number {
  return slots > 0 ? Math.min(1, (keptConnections ?? 0) / slots) : 0;
}

/** What share is refused, by the opens per second as a multiple of what is sustainable. */
function lossByLoad(tier: Tier): (load: number) => number {
  if (!isLoaded(tier)) return () => 0;
  const pool = narrowestPool(tierPools(tier));
  const sustainable = modelSustainableOpensPerSecond(roomOf(pool));
  const refusals = new Refusals(tier, pool);
  return (load) => refusals.shareAtOpens(load * sustainable);
}

type Point = readonly [number, number];

function pathOf(points: readonly Point[]): string {
  return points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('');
}

function describe(tier: TierAnswer): string {
  const cliff = tier.cliffAt === null ? '' : ` The cliff is at ${formatShare(tier.cliffAt / tier.slotsPerLane)}.`;
  return (
    `The used share of slots grows from ${formatShare(keptShareOf(tier))} to 100% at ${rateText(tier.sustainableOpensPerSecond)}, the sustainable rate.` +
    `${cliff} Now ${rateText(tier.opensPerSecond)} use ${formatShare(tier.utilization)}, and of these opens ` +
    `${probabilityText(tier.refusalProbability)} is refused.`
  );
}

function axes(x: Scale, y: Scale, most: number): Markup {
  const rows = [0, 0.25, 0.5, 0.75, 1].map(
    (share) => markup`<path class="grid" d="M${LEFT} ${y(share)}H${RIGHT}"/>
<text class="end" x="${LEFT - 6}" y="${y(share) + 4}">${100 * share}%</text>`,
  );
  const columns = roundTicks(most, 8).map(
    (rate) => markup`<path class="axis" d="M${x(rate)} ${BOTTOM}v5"/>
<text class="middle" x="${x(rate)}" y="${BOTTOM + 19}">${tickText(rate)}</text>`,
  );
  return markup`${rows}
${columns}
<path class="axis" d="M${LEFT} ${TOP}V${BOTTOM}H${RIGHT}"/>
<text class="middle" x="${(LEFT + RIGHT) / 2}" y="${BOTTOM + 39}">opens per second</text>`;
}

function cliff(tier: TierAnswer, y: Scale): Markup {
  if (tier.cliffAt === null) return NOTHING;
  const height = y(tier.cliffAt / tier.slotsPerLane);
  // On the side where the mark of the present rate is not.
  const leftwards = (tier.opensPerSecond ?? 0) > (tier.sustainableOpensPerSecond ?? 0);
  return markup`<path class="cliff" d="M${LEFT} ${height}H${RIGHT}"/>
<text class="halo ${leftwards ? 'start' : 'end'}" x="${leftwards ? LEFT + 6 : RIGHT - 6}" y="${height - 5}">the cliff</text>`;
}

interface Mark {
  readonly kind: string;
  readonly text: string;
  readonly rate: number;
}

/** Rates as upright lines. The labels of higher rates stand higher, so that no line crosses the label of another. */
function marks(tier: TierAnswer, x: Scale): Markup {
  const beyond = (tier.opensPerSecond ?? 0) > HIGHEST_LOAD * (tier.sustainableOpensPerSecond ?? 0);
  const all: Mark[] = [];
  const add = (kind: string, rate: number | null, text: string): void => {
    if (rate !== null) all.push({ kind, rate, text });
  };
  add('now', tier.opensPerSecond, `now ${rateText(tier.opensPerSecond)}${beyond ? ' →' : ''}`);
  add('safe', tier.safeOpensPerSecond, `safe ${rateText(tier.safeOpensPerSecond)}`);
  add('limit', tier.sustainableOpensPerSecond, `sustainable ${rateText(tier.sustainableOpensPerSecond)}`);
  all.sort((one, other) => one.rate - other.rate);
  return markup`${all.map((mark, index) => drawMark(mark, x(mark.rate), TOP - 10 - 18 * index))}`;
}

/** The width that a label needs at the left of its line. */
const LABEL_WIDTH = 190;

function drawMark({ kind, text }: Mark, x: number, y: number): Markup {
  const leftwards = x - LEFT > LABEL_WIDTH / 2;
  return markup`<path class="mark ${kind}" d="M${x} ${y - 10}V${BOTTOM}"/>
<text class="halo ${kind} ${leftwards ? 'end' : 'start'}" x="${x + (leftwards ? -5 : 5)}" y="${y}">${text}</text>`;
}
