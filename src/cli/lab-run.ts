import { defaultExperiments, findExperiment } from '../lab/catalog.ts';
import { findIsolation } from '../lab/isolation.ts';
import type { LabReport } from '../lab/lab-report.ts';
import { runLab } from '../lab/run-lab.ts';
import { SHORT_RANGE } from '../lab/short-range.ts';
import { readNetworkSettings } from '../linux/sysctl.ts';
import { LINUX_DEFAULT_RANGE } from '../tcp/port-range.ts';
import { FAILED } from './exit-code.ts';
import type { LabRunFlags } from './lab-flags.ts';
import { LabProgress } from './lab-progress.ts';
import { print } from './output.ts';

/** `fourtuple lab run`. */
export async function runExperiments(flags: LabRunFlags, ...names: string[]): Promise<void> {
  const experiments = names.length === 0 ? defaultExperiments() : [...new Set(names)].map(findExperiment);
  const range = flags.full === true ? (readNetworkSettings().portRange ?? LINUX_DEFAULT_RANGE) : SHORT_RANGE;
  const isolation = findIsolation();
  const interrupt = new AbortController();
  const progress = new LabProgress(experiments, process.stderr, process.env);
  const end = (): void => interrupt.abort();
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, end);
  try {
    const report = await runLab({
      ...{ experiments, isolation, range, signal: interrupt.signal },
      command: [process.execPath, process.argv[1] as string, 'lab', 'inside'],
      onProgress: (experiment, step) => progress.show(experiment, step),
      onReport: (one) => progress.end(one),
    });
    progress.close();
    await showReport(report, flags);
    if (report.experiments.some(({ result }) => result === 'differs' || result === 'failed')) process.exitCode = FAILED;
  } finally {
    progress.close();
  }
}

async function showReport(report: LabReport, { html, json }: LabRunFlags): Promise<void> {
  if (html !== undefined) {
    const { renderLabPage } = await import('../lab/page/render-page.ts');
    const { writePage } = await import('./plan-page.ts');
    writePage(html, renderLabPage(report));
    process.stderr.write(`The page is in ${html}: open it in a browser.\n`);
  }
  if (json === true) {
    await print(`${JSON.stringify(report, null, 2)}\n`);
    return;
  }
  const { renderLab } = await import('./text/lab-text.ts');
  const { screenOf } = await import('./text/screen.ts');
  await print(renderLab(report, screenOf(process.stdout, process.env)));
}
