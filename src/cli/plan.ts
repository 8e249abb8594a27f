import { answerPlan, type PlanReport } from '../plan/answer.ts';
import type { Topology } from '../plan/topology.ts';
import { print } from './output.ts';
import { checkPlanFlags, describesTopology } from './plan-combination.ts';
import type { PlanFlags } from './plan-flags.ts';
import { subjectOf, withoutCliffs } from './plan-subject.ts';

const DEFAULT_RUNS = 5;
const DEFAULT_SEED = 1;

/** `fourtuple plan`. */
export async function plan(flags: PlanFlags, file?: string): Promise<void> {
  checkPlanFlags(flags, file);
  const { topology, origin, withoutCliff } = await subjectOf(flags, file);
  const { refusal, targetRate, html, json } = flags;
  const question = { refusalProbability: refusal, targetOpensPerSecond: targetRate ?? null };
  const answer = withoutCliffs(answerPlan(topology, question), withoutCliff);
  const report = await simulated(topology, answer, flags);
  if (json === true || html === '-') warn([...origin.warnings, ...origin.notes]);
  if (html !== undefined) {
    const { renderPage } = await import('../plan/page/render-page.ts');
    const page = renderPage(topology, report);
    if (html === '-') {
      await print(page);
      return;
    }
    const { writePage } = await import('./plan-page.ts');
    writePage(html, page);
    process.stderr.write(`The page is in ${html}: open it in a browser.\n`);
  }
  if (json === true) {
    await print(`${JSON.stringify(report, null, 2)}\n`);
  } else {
    const { renderPlan } = await import('./text/plan-text.ts');
    const { screenOf } = await import('./text/screen.ts');
    const { renderWithOrigin } = await import('./text/plan-machine.ts');
    const bare = file === undefined && flags.fromStatus === undefined && !describesTopology(flags);
    const screen = screenOf(process.stdout, process.env);
    const text = renderPlan(topology, report, screen, { refusal, targetRate: targetRate ?? null, bare });
    await print(renderWithOrigin(text, origin, screen));
  }
}

/** What the text says of its origin has no place in what a program reads, nor on the page. */
function warn(sentences: readonly string[]): void {
  for (const sentence of sentences) process.stderr.write(`fourtuple: ${sentence}\n`);
}

/** The answer with a simulation, where one is asked for. */
async function simulated(topology: Topology, answer: PlanReport, flags: PlanFlags): Promise<PlanReport> {
  const { simulate, runs = DEFAULT_RUNS, seed = DEFAULT_SEED } = flags;
  if (simulate === undefined) return answer;
  const [{ simulatePlan }, { PlanProgress }] = await Promise.all([
    import('../plan/simulate-plan.ts'),
    import('./plan-progress.ts'),
  ]);
  const progress = new PlanProgress(process.stderr, process.env);
  try {
    const onProgress = (share: number): void => progress.show(share);
    return { ...answer, simulation: simulatePlan(topology, answer, { seconds: simulate, runs, seed, onProgress }) };
  } finally {
    progress.end();
  }
}
