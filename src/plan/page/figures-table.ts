import { formatSeconds, formatShare } from '../../tcp/number-text.ts';
import type { PlannedRemedy, PlanReport, TierAnswer } from '../answer.ts';
import type { Tier, Topology } from '../topology.ts';
import { countText, multipleText, NOT_ASKED, probabilityText, rateText, UNBOUNDED } from './figure-text.ts';
import { type Markup, markup, NOTHING } from './markup.ts';
import { trafficTexts } from './traffic-text.ts';

const AT_RANDOM = ' where connections come at random';

type Figure = readonly [string, (answer: TierAnswer, tier: Tier | undefined) => string];

/** Every figure of a tier, in the order in which each follows from those before. */
const FIGURES: readonly Figure[] = [
  ['Opened by', (_, tier) => (tier ? `${countText(tier.from.hosts)} × ${countText(tier.from.addresses)}` : NOT_ASKED)],
  [
    'Opened to',
    (_, tier) =>
      tier ? [tier.to.hosts, tier.to.addresses, tier.to.ports].map((count) => countText(count)).join(' × ') : NOT_ASKED,
  ],
  ['Gateway', (_, tier) => tier?.via?.title ?? 'none'],
  ['Lanes', ({ lanes }) => countText(lanes)],
  ['Slots of a lane', ({ slotsPerLane }) => countText(slotsPerLane)],
  ['Slots', ({ slots }) => countText(slots)],
  ['Connections at once', ({ concurrency }) => countText(concurrency)],
  ['The cliff, in used slots of a lane', ({ cliffAt }) => (cliffAt === null ? 'none' : countText(cliffAt))],
  ['Opens per second', ({ opensPerSecond }) => rateText(opensPerSecond)],
  ['A connection lives', ({ holdSeconds }) => secondsText(holdSeconds)],
  ['Its slot is held after that', ({ afterCloseSeconds }) => secondsText(afterCloseSeconds)],
  ['Used slots', ({ used }) => countText(used)],
  ['Utilization', ({ utilization }) => (utilization === null ? NOT_ASKED : formatShare(utilization))],
  ['Sustainable', (answer) => boundText(answer, answer.sustainableOpensPerSecond)],
  [`Safe${AT_RANDOM}`, (answer) => boundText(answer, answer.safeOpensPerSecond)],
  [`Refused${AT_RANDOM}`, ({ refusalProbability }) => probabilityText(refusalProbability)],
];

/** What was said of traffic beside rate and times. */
const TRAFFIC: Figure = [
  'Traffic',
  (answer, tier) => (tier?.traffic ? trafficTexts(tier.traffic, answer).join('; ') : '') || NOT_ASKED,
];

/** As they are where nothing was said of traffic; else with what was, and which of the connections come at random is told there. */
function figuresOf({ tiers }: Topology, report: PlanReport): readonly Figure[] {
  const isSaid = report.tiers.some((answer) => {
    const traffic = tiers.find(({ name }) => name === answer.name)?.traffic;
    return traffic && trafficTexts(traffic, answer).length > 0;
  });
  return isSaid
    ? [TRAFFIC, ...FIGURES.map(([title, figure]): Figure => [title.replace(AT_RANDOM, ''), figure])]
    : FIGURES;
}

/** One column for each tier, one row for each figure. */
export function figuresTable(topology: Topology, report: PlanReport): Markup {
  const tiers = new Map(topology.tiers.map((tier) => [tier.name, tier]));
  const heads = report.tiers.map(({ name }) => markup`<th scope="col">${name}</th>`);
  const rows = figuresOf(topology, report).map(
    ([title, figure]) =>
      markup`<tr><th scope="row">${title}</th>${report.tiers.map((answer) => markup`<td>${figure(answer, tiers.get(answer.name))}</td>`)}</tr>`,
  );
  return markup`<table>
<caption>Each tier. Opened by: hosts × addresses. Opened to: hosts × addresses × ports.</caption>
<thead><tr><th scope="col">Figure</th>${heads}</tr></thead>
<tbody>${rows}</tbody>
</table>`;
}

/** One row for each remedy; nothing where there is none. */
export function remediesTable(remedies: readonly PlannedRemedy[]): Markup {
  if (remedies.length === 0) return NOTHING;
  const rows = remedies.map(
    ({ id, slots, sustainableOpensPerSecond, gain }) =>
      markup`<tr><th scope="row">${id}</th><td>${countText(slots)}</td><td>${rateText(sustainableOpensPerSecond)}</td><td>${gain === null ? UNBOUNDED : `×${multipleText(gain)}`}</td></tr>`,
  );
  return markup`<table>
<caption>Each remedy alone, for ${remedies[0]?.tier ?? ''}.</caption>
<thead><tr><th scope="col">Remedy</th><th scope="col">Slots</th><th scope="col">Sustainable</th><th scope="col">Gain</th></tr></thead>
<tbody>${rows}</tbody>
</table>`;
}

function secondsText(seconds: number | null): string {
  if (seconds === null) return NOT_ASKED;
  return Number.isFinite(seconds) ? formatSeconds(seconds) : 'for ever';
}

/** A rate that is null has no bound where there is traffic, and was not asked for where there is none. */
function boundText(answer: TierAnswer, rate: number | null): string {
  return rate === null && answer.opensPerSecond !== null ? UNBOUNDED : rateText(rate);
}
