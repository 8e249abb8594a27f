import { formatRate, formatSeconds, formatShare, plural } from '../../tcp/number-text.ts';
import type { PlanReport, TierAnswer } from '../answer.ts';
import type { PlanSimulation, TierSimulation } from '../plan-simulation.ts';
import type { Spread } from '../simulation/runs.ts';
import { countText, NOT_ASKED } from './figure-text.ts';
import { type Markup, markup, NOTHING } from './markup.ts';
import { hasSimulationChart, simulationChart } from './simulation-chart.ts';
import { dayText } from './simulation-day.ts';
import { statesText } from './simulation-states.ts';

/** A tier, and what the arithmetic says of it. */
interface Simulated {
  readonly simulation: TierSimulation;
  readonly answer: TierAnswer;
}

/** What the simulation found of each tier, beside what the arithmetic says; nothing where none was asked for. */
export function simulationSection({ simulation, tiers }: PlanReport): Markup {
  if (simulation === null) return NOTHING;
  const simulated = simulation.tiers.flatMap((one): Simulated[] => {
    const answer = tiers.find(({ name }) => name === one.tier);
    return answer === undefined ? [] : [{ simulation: one, answer }];
  });
  if (simulated.length === 0) return NOTHING;
  const figures = simulated.map((one, index) => tierFigure(one, simulation.seconds, `simulated-${index}`));
  const leftOut = simulation.notSimulated.map(
    ({ tier, reason }) => markup`<p>${tier} is not simulated: ${reason}.</p>`,
  );
  return markup`<h2 id="simulated">Simulated, connection by connection</h2>
<p>${scopeOf(simulation)}</p>
${leftOut}
<div class="charts">${figures}</div>
<section class="scroll" aria-labelledby="simulated" tabindex="0">${spreadsTable(simulated)}</section>`;
}

function scopeOf({ tiers, seconds, seed }: PlanSimulation): string {
  const runs = plural(tiers[0]?.runs.length ?? 0, 'run');
  return `${tiers.length === 1 ? '' : 'Each tier by itself: '}${runs} of ${formatSeconds(seconds)} from seed ${seed}.`;
}

function tierFigure({ simulation, answer }: Simulated, seconds: number, id: string): Markup {
  const chart = hasSimulationChart(answer) ? simulationChart(simulation, answer, seconds, id) : NOTHING;
  const states = statesText(simulation.runs);
  return markup`<figure><h3>${simulation.tier}</h3>
${chart}
<p>${countsOf(simulation, seconds)}${states === null ? '' : ` Of the used slots are on average ${states}.`}</p></figure>`;
}

function countsOf({ runs, warmUpSeconds, dayBeginsSeconds }: TierSimulation, seconds: number): string {
  const attempts = runs.reduce((sum, run) => sum + run.attempts, 0);
  const requests = runs.reduce((sum, run) => sum + run.requests, 0);
  const day = dayBeginsSeconds === null ? '' : `The time of day is ${dayText(dayBeginsSeconds, seconds)}. `;
  const counted = `the first ${formatSeconds(warmUpSeconds)}${runs.length === 1 ? '' : ' of each run'} not counted`;
  const opened = `${plural(attempts, 'connection')} to open`;
  return `${day}${requests === attempts ? opened : `${plural(requests, 'request')}, ${opened} for them`}, ${counted}.`;
}

function spreadsTable(simulated: readonly Simulated[]): Markup {
  const bodies = simulated.map(({ simulation, answer }) => {
    const head = markup`<tr><th scope="rowgroup" colspan="6"><strong>${simulation.tier}</strong></th></tr>`;
    return markup`<tbody>${[...(simulated.length === 1 ? [] : [head]), ...rowsOf(simulation, answer)]}</tbody>`;
  });
  return markup`<table>
<caption>How far the runs differ, beside what the arithmetic says. The first refusal counts from the start.</caption>
<thead><tr><th scope="col">Figure</th><th scope="col">Mean</th><th scope="col">Standard error</th><th scope="col">Least</th><th scope="col">Most</th><th scope="col">Arithmetic</th></tr></thead>
${bodies}
</table>`;
}

function rowsOf(simulation: TierSimulation, { refusalProbability: refused, used }: TierAnswer): Markup[] {
  const { firstRefusalSeconds: first, runs } = simulation;
  const hasCliff = runs.some(({ portsLookedAt }) => portsLookedAt !== null);
  const among = first === null || first.count === runs.length ? '' : ` (in ${first.count} of ${runs.length} runs)`;
  const none = 'none refused';
  return [
    row('Refused', simulation.refusalProbability, percentText, refused === null ? NOT_ASKED : percentText(refused)),
    row(`First refusal after${among}`, first, formatSeconds, NOT_ASKED, none),
    row('Used slots', simulation.meanUsed, countText, countText(used)),
    ...(hasCliff ? cliffRows(simulation) : []),
  ];
}

function cliffRows({ pastCliffShare, lookedAtBeforeCliff, lookedAtPastCliff }: TierSimulation): Markup[] {
  const looks = 'Ports that connect() looks at';
  return [
    row('Opened past the cliff', pastCliffShare, formatShare, NOT_ASKED),
    row(`${looks} before the cliff`, lookedAtBeforeCliff, formatRate, NOT_ASKED, 'none opened there'),
    row(`${looks} past it`, lookedAtPastCliff, formatRate, NOT_ASKED, 'none opened there'),
  ];
}

function row(
  title: string,
  spread: Spread | null,
  format: (value: number) => string,
  arithmetic: string,
  none = NOT_ASKED,
): Markup {
  const cells =
    spread === null
      ? markup`<td colspan="4">${none}</td>`
      : markup`${[spread.mean, spread.standardError, spread.least, spread.most].map(
          (value) => markup`<td>${value === null ? NOT_ASKED : format(value)}</td>`,
        )}`;
  return markup`<tr><th scope="row">${title}</th>${cells}<td>${arithmetic}</td></tr>`;
}

/** What is rarer than that is told as such. */
const RAREST = 1e-9;

/** A share in percent, small ones too, so that the figures of a row can be compared: `1.6%`, `0.00018%`. */
function percentText(share: number): string {
  if (share > 0 && share < RAREST) return `under ${100 * RAREST}%`;
  return share >= 0.01 ? formatShare(share) : `${Number((100 * share).toPrecision(2))}%`;
}
