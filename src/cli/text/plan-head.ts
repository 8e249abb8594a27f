import type { PlanReport, TierAnswer } from '../../plan/answer.ts';
import { probabilityText } from '../../plan/page/figure-text.ts';
import { trafficTexts } from '../../plan/page/traffic-text.ts';
import type { Tier, Topology } from '../../plan/topology.ts';
import { formatCount, formatRate, formatShare } from '../../tcp/number-text.ts';
import { describeCause } from './plan-cause.ts';
import { formatSustained } from './plan-figures.ts';
import type { Screen } from './screen.ts';
import { severityLine } from './severity.ts';
import { style } from './style.ts';
import { wrap } from './wrap.ts';

const OK = 'OK';

/** Which tier gives out first, at what rate, and why; then how far it is from there. */
export function renderPlanHead(topology: Topology, report: PlanReport, refusal: number, screen: Screen): string[] {
  const tier = report.tiers.find(({ name }) => name === report.exhaustedFirst);
  if (tier === undefined) return [sentence('No tier runs out of ports.', screen)];
  const planned = topology.tiers[report.tiers.indexOf(tier)];
  return [
    renderState(tier, report.tiers.length > 1, refusal, screen),
    detail(`Why: ${describeCause(tier, planned)}.`, screen),
    ...describeTraffic(tier, planned).map((text) => detail(text, screen)),
    ...renderDistances(tier, refusal).map((text) => detail(text, screen)),
  ];
}

function renderState(tier: TierAnswer, isOneOfMany: boolean, refusal: number, screen: Screen): string {
  const { name, used, slots, concurrency, sustainableOpensPerSecond: sustainable, refusalProbability: refused } = tier;
  const rate = tier.opensPerSecond ?? 0;
  const most = `${formatCount(concurrency)} connections at once`;
  if (rate === 0) {
    const room = sustainable === null ? most : `${most}, ${formatSustained(sustainable)} opens per second`;
    return style(
      screen,
      'bold',
      wrap(isOneOfMany ? `${name} gives out first: ${room}.` : `${name}: ${room}.`, screen.width),
    );
  }
  const opens = `${formatRate(rate)} opens/s`;
  const who = isOneOfMany ? `${name} would give out first, and` : name;
  if (sustainable !== null && rate > sustainable) {
    const lack = `${opens} need ${formatCount(used)} slots, and it has ${formatCount(slots)}: it sustains ${formatSustained(sustainable)}`;
    return severityLine(screen, 'critical', `${name} gives out${isOneOfMany ? ' first' : ''}: ${lack}.`);
  }
  const state = `${formatCount(used)} of ${formatCount(slots)} slots used on average (${formatShare(tier.utilization)}) at ${opens}`;
  if (refused !== null && refused > refusal) {
    return severityLine(screen, 'warning', `${who} refuses ${probabilityText(refused)}: ${state}.`);
  }
  const cliff = cliffRate(tier);
  if (cliff !== null && rate >= cliff) return severityLine(screen, 'warning', `${who} is past the cliff: ${state}.`);
  return style(screen, 'green', OK) + sentence(`${OK} ${who} holds: ${state}.`, screen).slice(OK.length);
}

/** The rates at which the cliff, more refusals than asked, and the end are reached, and how far the present one is from each. */
function renderDistances(tier: TierAnswer, refusal: number): string[] {
  const { opensPerSecond, safeOpensPerSecond, sustainableOpensPerSecond } = tier;
  if (opensPerSecond === null) return [];
  if (sustainableOpensPerSecond === null) return ['Ports set no limit to how fast it opens connections.'];
  const line = (what: string, at: number | null, more: string): string[] =>
    at === null ? [] : [`${what}: ${formatSustained(at)} opens/s${describeDistance(opensPerSecond, at)}${more}.`];
  return [
    ...line('The cliff', cliffRate(tier), '; beyond it connect() is slow'),
    ...line('Safe', safeOpensPerSecond, `; at most ${probabilityText(refusal)} refused`),
    ...line('The end', sustainableOpensPerSecond, describeRequests(tier)),
  ];
}

/** Where connections are kept, opens are a few of the requests, and grow faster than these. */
function describeRequests({ keptConnections, requestsPerSecond, sustainableRequestsPerSecond }: TierAnswer): string {
  if ((keptConnections ?? 0) === 0 || requestsPerSecond === null || sustainableRequestsPerSecond === null) return '';
  const distance = describeDistance(requestsPerSecond, sustainableRequestsPerSecond);
  return `; that is ${formatSustained(sustainableRequestsPerSecond)} requests/s${distance}`;
}

/** `, 418 more than now (+84%)`; nothing where there is no rate now. */
function describeDistance(rate: number, at: number): string {
  if (rate === 0) return '';
  const [difference, percent] = [Math.abs(at - rate), Math.abs(100 * (at / rate - 1))];
  const [word, sign] = at < rate ? ['less', '−'] : ['more', '+'];
  return `, ${formatRate(difference)} ${word} than now (${sign}${percent < 10 ? percent.toFixed(1) : formatCount(percent)}%)`;
}

/** Of its traffic what was said beside rate and times, in a line; none where nothing was. */
function describeTraffic(answer: TierAnswer, tier: Tier | undefined): string[] {
  const texts = tier === undefined || tier.traffic === null ? [] : trafficTexts(tier.traffic, answer);
  return texts.length === 0 ? [] : [`Traffic: ${texts.join('; ')}.`];
}

/** The opens per second at which the mean of used slots reaches the cliff; null where there is none, or it is not known. */
function cliffRate(tier: TierAnswer): number | null {
  const { cliffAt, slotsPerLane, sustainableOpensPerSecond } = tier;
  if (cliffAt === null || sustainableOpensPerSecond === null) return null;
  const kept = (tier.keptConnections ?? 0) / tier.lanes;
  if (slotsPerLane <= kept) return null;
  return sustainableOpensPerSecond * (Math.max(0, cliffAt - kept) / (slotsPerLane - kept));
}

const FRACTIONS: Readonly<Record<string, string>> = { '0.5': 'half', '0.25': 'a quarter' };

/**
 * What becomes of connections that go on through another tier, where hosts of one tier open those of the next: as many
 * go through as the narrowest lets through.
 */
export function renderNarrowing({ tiers }: Topology, report: PlanReport, screen: Screen): string[] {
  const links = tiers.flatMap(({ to }, index) =>
    tiers.flatMap(({ from }, next) => {
      const [before, after] = [report.tiers[index], report.tiers[next]];
      if (from.name !== to.name || before === undefined || after === undefined) return [];
      return [{ before, after, factor: after.concurrency / before.concurrency }];
    }),
  );
  const [narrowest] = links.sort((a, b) => a.factor - b.factor);
  if (narrowest === undefined) return [];
  const { before, after, factor } = narrowest;
  const reach = `the ${formatCount(before.concurrency)} that ${before.name} has room for`;
  if (factor >= 1) return [sentence(`${after.name} lets through all of ${reach}.`, screen)];
  const part = FRACTIONS[String(factor)] ?? formatShare(factor);
  const through = `Through ${after.name} go at most ${formatCount(after.concurrency)} connections at once`;
  return [sentence(`${through}: ${part} of ${reach}.`, screen)];
}

function sentence(text: string, screen: Screen): string {
  return wrap(text, screen.width);
}

function detail(text: string, screen: Screen): string {
  return wrap(`  ${text}`, screen.width, '    ');
}
