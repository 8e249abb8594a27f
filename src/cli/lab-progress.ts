import type { Experiment } from '../lab/experiment.ts';
import type { ExperimentReport } from '../lab/lab-report.ts';
import type { Progress } from '../lab/messages.ts';
import type { ProgressTerminal } from './plan-progress.ts';

/** Live progress of a lab; on no terminal, a line for each experiment that has ended. */
export class LabProgress {
  constructor(_experiments: readonly Experiment[], _stream: ProgressTerminal, _environment: NodeJS.ProcessEnv) {}
  show(_experiment: Experiment, _progress: Progress): void {}
  end(_report: ExperimentReport): void {}
  close(): void {}
}
