import { EXPERIMENTS } from '../lab/catalog.ts';
import type { LabListFlags } from './lab-flags.ts';
import { print } from './output.ts';

/** `fourtuple lab`. */
export async function listExperiments({ json }: LabListFlags): Promise<void> {
  const listed = EXPERIMENTS.map(({ name, question, remedies, seconds }) => ({ name, question, remedies, seconds }));
  if (json === true) {
    await print(`${JSON.stringify({ schema: 1, experiments: listed }, null, 2)}\n`);
    return;
  }
  const { renderExperiments } = await import('./text/lab-list-text.ts');
  const { screenOf } = await import('./text/screen.ts');
  await print(renderExperiments(EXPERIMENTS, screenOf(process.stdout, process.env)));
}
