import type { Experiment } from './experiment.ts';
import { missingProgram } from './needed-programs.ts';

/** Why an experiment cannot run here, a clause each; empty where all that it needs is there. */
export function missingHere({ programs, needsRoot }: Experiment, runsAs: 'root' | 'user' | null): string[] {
  const missing = programs.map(missingProgram).filter((reason) => reason !== null);
  return needsRoot === true && runsAs === 'user' ? [...missing, NEEDS_ROOT] : missing;
}

const NEEDS_ROOT = 'only root may load eBPF programs';
