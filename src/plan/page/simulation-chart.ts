import { formatSeconds } from '../../tcp/number-text.ts';
import type { TierAnswer } from '../answer.ts';
import type { TierSimulation } from '../plan-simulation.ts';
import { countText } from './figure-text.ts';
import { type Markup, markup, NOTHING } from './markup.ts';
import { linearScale, roundTicks, type Scale, tickText } from './scale.ts';

const [WIDTH, HEIGHT] = [420, 312];
const [LEFT, RIGHT, TOP, BOTTOM] = [46, 404, 8, 228];

/** The upper end, in multiples of the slots: room for the name of their line. */
const HEADROOM = 1.1;

/** Whether slots and time can be drawn in proportion. */
export function hasSimulationChart({ slots }: TierAnswer): boolean {
  return slots >= 1 && slots < 1e300;
}

/**
 * Used slots of all lanes over simulated time, one line for each run; what is not counted is shaded.
 *
 * @param seconds of each run
 * @param id for the title and the description, unique within the page
 */
export function simulationChart(simulation: TierSimulation, answer: TierAnswer, seconds: number, id: string): Markup {
  const { runs, warmUpSeconds } = simulation;
  const x = linearScale(seconds, LEFT, RIGHT);
  const y = linearScale(HEADROOM * answer.slots, BOTTOM, TOP);
  const lines = runs.map(({ usedOverTime }) => {
    const points = usedOverTime.map((used, index) => {
      return `L${x((seconds * (index + 1)) / usedOverTime.length).toFixed(1)} ${y(used).toFixed(1)}`;
    });
    return markup`<path class="run" d="M${x(0)} ${y(0)}${points.join('')}"/>`;
  });
  return markup`<svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="${id}-title ${id}-text">
<title id="${id}-title">Used slots over simulated time: ${simulation.tier}</title>
<desc id="${id}-text">${describe(simulation, answer, seconds)}</desc>
<rect class="uncounted" x="${LEFT}" y="${TOP}" width="${x(warmUpSeconds) - LEFT}" height="${BOTTOM - TOP}"/>
${axes(x, y, seconds, answer.slots)}
${lines}
<path class="mark limit" d="M${LEFT} ${y(answer.slots)}H${RIGHT}"/>
<text class="halo limit end" x="${RIGHT - 4}" y="${y(answer.slots) - 5}">all ${countText(answer.slots)} slots</text>
${cliff(answer, y)}
<path class="run" d="M46 297h26"/><text x="78" y="302">a run</text>
<rect class="uncounted" x="232" y="290" width="26" height="14"/><text x="264" y="302">not counted</text>
</svg>`;
}

function describe({ runs, warmUpSeconds, meanUsed }: TierSimulation, answer: TierAnswer, seconds: number): string {
  const many = runs.length === 1 ? 'One run' : `${countText(runs.length)} runs, each a line,`;
  const past = answer.cliffAt === null ? '' : ` The cliff is at ${countText(cliffOf(answer, answer.cliffAt))}.`;
  return (
    `${many} of ${formatSeconds(seconds)}. All slots are free at the beginning; the first ${formatSeconds(warmUpSeconds)} ` +
    `are not counted. After that ${countText(meanUsed.mean)} of ${countText(answer.slots)} slots are used on average.${past}`
  );
}

/** In used slots of all lanes together. */
function cliffOf({ lanes }: TierAnswer, cliffAt: number): number {
  return lanes * cliffAt;
}

function cliff(answer: TierAnswer, y: Scale): Markup {
  if (answer.cliffAt === null) return NOTHING;
  const height = y(cliffOf(answer, answer.cliffAt));
  return markup`<path class="cliff" d="M${LEFT} ${height}H${RIGHT}"/>
<text class="halo end" x="${RIGHT - 4}" y="${height - 5}">the cliff</text>`;
}

const TIME_UNITS = [
  { name: 'days', seconds: 86_400 },
  { name: 'hours', seconds: 3600 },
  { name: 'minutes', seconds: 60 },
] as const;

/** An axis of less than three of a unit is read more easily in the next smaller one. */
const LEAST_UNITS = 3;

function axes(x: Scale, y: Scale, seconds: number, slots: number): Markup {
  const unit = TIME_UNITS.find((one) => seconds >= LEAST_UNITS * one.seconds) ?? { name: 'seconds', seconds: 1 };
  const rows = roundTicks(slots, 6).map(
    (used) => markup`<path class="grid" d="M${LEFT} ${y(used)}H${RIGHT}"/>
<text class="end" x="${LEFT - 6}" y="${y(used) + 4}">${tickText(used)}</text>`,
  );
  const columns = roundTicks(seconds / unit.seconds, 8).map(
    (time) => markup`<path class="axis" d="M${x(time * unit.seconds)} ${BOTTOM}v5"/>
<text class="middle" x="${x(time * unit.seconds)}" y="${BOTTOM + 19}">${tickText(time)}</text>`,
  );
  return markup`${rows}
${columns}
<path class="axis" d="M${LEFT} ${TOP}V${BOTTOM}H${RIGHT}"/>
<text class="middle" x="${(LEFT + RIGHT) / 2}" y="${BOTTOM + 39}">simulated ${unit.name}</text>`;
}
