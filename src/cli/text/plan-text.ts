import type { PlanReport } from '../../plan/answer.ts';
import type { PlanSimulation } from '../../plan/plan-simulation.ts';
import type { Topology } from '../../plan/topology.ts';
import { toAscii } from './ascii.ts';
import { renderNarrowing, renderPlanHead } from './plan-head.ts';
import { renderRemedies, renderStack } from './plan-remedies.ts';
import { renderSimulation } from './plan-simulation-text.ts';
import { renderTiers } from './plan-tiers.ts';
import type { Screen } from './screen.ts';

/** What was asked for, beside the topology. */
export interface PlanAsked {
  /** The share of connections that may be refused. */
  readonly refusal: number;
  /** Opens per second; null where no stack of remedies was asked for. */
  readonly targetRate: number | null;
  /** Nothing was said of a topology: how to do so is told. */
  readonly bare: boolean;
}

const HOW_TO_ASK = [
  'Ask more:',
  '  fourtuple plan --rate 500 --hold 50ms --destinations 2',
  '  fourtuple plan --clients 4 --proxies 1 --backends 2',
  '  fourtuple plan --rate 500 --target-rate 5k/s',
  '  fourtuple plan --help',
];

/** An answer as a person reads it: what gives out first and when, the tiers in numbers, and what would help. */
export function renderPlan(topology: Topology, answer: PlanReport, screen: Screen, asked: PlanAsked): string {
  const report = screen.unicode ? answer : withAsciiNames(answer);
  const blocks = [
    [...renderPlanHead(topology, report, asked.refusal, screen), ...renderNarrowing(topology, report, screen)],
    renderTiers(report.tiers, screen),
    renderRemedies(report, screen),
    asked.targetRate === null ? [] : renderStack(report, asked.targetRate, screen),
    renderSimulation(report, screen),
    asked.bare ? HOW_TO_ASK : [],
  ];
  const text = `${blocks.flatMap((lines) => (lines.length === 0 ? [] : [lines.join('\n')])).join('\n\n')}\n`;
  return screen.unicode ? text : toAscii(text);
}

/** Before lines are broken: an arrow is two signs then. */
function withAsciiNames(report: PlanReport): PlanReport {
  const { tiers, exhaustedFirst, remedies, stack, simulation, ...rest } = report;
  return {
    ...rest,
    tiers: tiers.map((tier) => ({ ...tier, name: toAscii(tier.name) })),
    exhaustedFirst: exhaustedFirst === null ? null : toAscii(exhaustedFirst),
    remedies: remedies.map((remedy) => ({ ...remedy, tier: toAscii(remedy.tier) })),
    simulation: simulation === null ? null : withAsciiTiers(simulation),
    stack: stack === null ? null : { ...stack, tier: toAscii(stack.tier) },
  };
}

function withAsciiTiers({ tiers, notSimulated, ...rest }: PlanSimulation): PlanSimulation {
  return {
    ...rest,
    tiers: tiers.map((one) => ({ ...one, tier: toAscii(one.tier) })),
    notSimulated: notSimulated.map((one) => ({ ...one, tier: toAscii(one.tier) })),
  };
}
