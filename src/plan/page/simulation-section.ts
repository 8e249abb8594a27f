import { formatSeconds, formatShare, plural } from '../../tcp/number-text.ts';
import type { PlanReport, TierAnswer } from '../answer.ts';
import type { PlanSimulation } from '../plan-simulation.ts';
import type { Spread } from '../simulation/runs.ts';
import { countText, NOT_ASKED } from './figure-text.ts';
import { type Markup, markup, NOTHING } from './markup.ts';
import { hasSimulationChart, simulationChart } from './simulation-chart.ts';

/** What the simulation found, beside what the arithmetic says; nothing where none was asked for. */
export function simulationSection({ simulation, tiers }: PlanReport): Markup {
  const answer = tiers.find(({ name }) => name === simulation?.tier);
  if (simulation === null || answer === undefined) return NOTHING;
  const chart = hasSimulationChart(answer) ? markup`<figure>${simulationChart(simulation, answer)}</figure>` : NOTHING;
  return markup`<h2 id="simulated">Simulated, connection by connection</h2>
<p>${scopeOf(simulation)}</p>
${chart}
<section class="scroll" aria-labelledby="simulated" tabindex="0">${spreadsTable(simulation, answer)}</section>`;
}

function scopeOf({ tier, runs, seconds, warmUpSeconds, seed }: PlanSimulation): string {
  const attempts = runs.reduce((sum, run) => sum + run.attempts, 0);
  const times = plural(runs.length, 'run');
  const counted = `the first ${formatSeconds(warmUpSeconds)}${runs.length === 1 ? '' : ' of each'} not counted`;
  return `${tier}: ${times} of ${formatSeconds(seconds)} from seed ${seed}, ${counted}. ${plural(attempts, 'connection')} to open in what is counted.`;
}

function spreadsTable(simulation: PlanSimulation, answer: TierAnswer): Markup {
  const { firstRefusalSeconds: first, meanUsed, refusalProbability, runs } = simulation;
  const { refusalProbability: refused, used } = answer;
  const among = first === null || first.count === runs.length ? '' : ` (in ${first.count} of ${runs.length} runs)`;
  return markup`<table>
<caption>How far the runs differ, beside what the arithmetic says. The first refusal counts from the start.</caption>
<thead><tr><th scope="col">Figure</th><th scope="col">Mean</th><th scope="col">Standard error</th><th scope="col">Least</th><th scope="col">Most</th><th scope="col">Arithmetic</th></tr></thead>
<tbody>${[
    row('Refused', refusalProbability, percentText, refused === null ? NOT_ASKED : percentText(refused)),
    row(`First refusal after${among}`, first, formatSeconds, NOT_ASKED),
    row('Used slots', meanUsed, countText, countText(used)),
  ]}</tbody>
</table>`;
}

function row(title: string, spread: Spread | null, format: (value: number) => string, arithmetic: string): Markup {
  const cells =
    spread === null
      ? markup`<td colspan="4">none refused</td>`
      : markup`${[spread.mean, spread.standardError, spread.least, spread.most].map(
          (value) => markup`<td>${value === null ? NOT_ASKED : format(value)}</td>`,
        )}`;
  return markup`<tr><th scope="row">${title}</th>${cells}<td>${arithmetic}</td></tr>`;
}

/** A share in percent, however small, so that the figures of a row can be compared: `1.6%`, `0.00018%`. */
function percentText(share: number): string {
  return share >= 0.01 ? formatShare(share) : `${Number((100 * share).toPrecision(2))}%`;
}
