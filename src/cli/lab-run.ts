import { defaultExperiments, findExperiment } from '../lab/catalog.ts';
import type { Experiment } from '../lab/experiment.ts';
import { findIsolation } from '../lab/isolation.ts';
import type { LabReport } from '../lab/lab-report.ts';
import { evenRange, SHORT_RANGE } from '../lab/lane-ranges.ts';
import { runLab } from '../lab/run-lab.ts';
import { holds } from '../lab/verdict.ts';
import { readNetworkSettings } from '../linux/sysctl.ts';
import { LINUX_DEFAULT_RANGE } from '../tcp/port-range.ts';
import { FAILED } from './exit-code.ts';
import type { LabRunFlags } from './lab-flags.ts';
import { LabProgress } from './lab-progress.ts';
import { print } from './output.ts';
import { untilInterrupted } from './until-interrupted.ts';

/** `fourtuple lab run`. */
export async function runExperiments(flags: LabRunFlags, ...names: string[]): Promise<void> {
  const experiments = names.length === 0 ? defaultExperiments() : [...new Set(names)].map(findExperiment);
  const { html } = flags;
  // Not after a minute of measuring.
  if (html !== undefined && html !== '-') (await import('./plan-page.ts')).checkPage(html);
  const report = await run(experiments, flags.full === true);
  await showReport(report, flags);
  if (!holds(report)) process.exitCode = FAILED;
}

/** Ctrl-C ends the experiments, and the process when they are gone. */
async function run(experiments: readonly Experiment[], isFull: boolean): Promise<LabReport> {
  const range = isFull ? evenRange(readNetworkSettings().portRange ?? LINUX_DEFAULT_RANGE) : SHORT_RANGE;
  const isolation = findIsolation();
  const interrupt = new AbortController();
  const progress = new LabProgress(experiments, process.stderr, process.env, !isFull);
  const lab = runLab({
    ...{ experiments, isolation, range, signal: interrupt.signal },
    command: [process.execPath, process.argv[1] as string, 'lab', 'inside'],
    onStart: (experiment) => progress.start(experiment),
    onProgress: (experiment, step) => progress.show(experiment, step),
    onReport: (one) => progress.end(one),
  });
  try {
    return await untilInterrupted(
      () =>
        lab.catch((error: unknown) =>
          interrupt.signal.aborted ? new Promise<never>(() => {}) : Promise.reject(error),
        ),
      async () => {
        progress.close();
        interrupt.abort();
        await lab.catch(() => {});
        process.stderr.write('The experiments were ended before their time, and nothing is left of them.\n');
      },
    );
  } finally {
    progress.close();
  }
}

async function showReport(report: LabReport, { html, json }: LabRunFlags): Promise<void> {
  const page = html === undefined ? null : (await import('../lab/page/render-page.ts')).renderLabPage(report);
  if (page !== null && html === '-') {
    await print(page);
    return;
  }
  if (json === true) {
    await print(`${JSON.stringify(report, null, 2)}\n`);
  } else {
    const { renderLab } = await import('./text/lab-text.ts');
    const { screenOf } = await import('./text/screen.ts');
    await print(renderLab(report, screenOf(process.stdout, process.env)));
  }
  if (page === null || html === undefined) return;
  const { writePage } = await import('./plan-page.ts');
  writePage(html, page);
  process.stderr.write(`The page is in ${html}: open it in a browser.\n`);
}
