import { EXPERIMENTS } from '../lab/catalog.ts';
import { listLab } from '../lab/lab-list.ts';
import type { LabListFlags } from './lab-flags.ts';
import { print } from './output.ts';

/** `fourtuple lab`. */
export async function listExperiments({ json }: LabListFlags): Promise<void> {
  const list = listLab(EXPERIMENTS);
  if (json === true) {
    await print(`${JSON.stringify(list, null, 2)}\n`);
    return;
  }
  const { renderLabList } = await import('./text/lab-list-text.ts');
  const { screenOf } = await import('./text/screen.ts');
  await print(renderLabList(list, screenOf(process.stdout, process.env)));
}
