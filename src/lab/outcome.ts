import type { Experiment } from './experiment.ts';
import type { ExperimentReport, ExperimentResult, Finding, Plot, Prediction, Table, Tolerance } from './lab-report.ts';
import type { Message } from './messages.ts';

/** What an experiment has told so far. */
export class Outcome {
  readonly experiment: Experiment;
  readonly #startedAt = performance.now();
  readonly #findings = new Map<string, Finding>();
  readonly #plots: Plot[] = [];
  readonly #tables: Table[] = [];
  readonly #notes: string[] = [];
  #end: { readonly kind: 'ended' | 'skipped' | 'failed'; readonly reason: string | null } | null = null;

  constructor(experiment: Experiment) {
    this.experiment = experiment;
  }

  hear(message: Message): void {
    switch (message.kind) {
      case 'predicted':
        this.#findings.set(message.prediction.what, {
          ...message.prediction,
          ...{ measured: null, agrees: null, evidence: null },
        });
        break;
      case 'measured':
        this.#measure(message.what, message.measured, message.evidence);
        break;
      case 'plot':
        this.#plots.push(message.plot);
        break;
      case 'table':
        this.#tables.push(message.table);
        break;
      case 'note':
        this.#notes.push(message.note);
        break;
      case 'skipped':
      case 'failed':
        this.#end ??= message;
        break;
      case 'ended':
        this.#end ??= { kind: 'ended', reason: null };
        break;
      case 'progress':
        break;
    }
  }

  #measure(what: string, measured: number, evidence: string): void {
    const finding = this.#findings.get(what);
    if (finding === undefined) return;
    this.#findings.set(what, { ...finding, measured, evidence, agrees: isWithin(finding, measured) });
  }

  /** What is known when its process is gone. */
  report(): ExperimentReport {
    const { name, question, remedies } = this.experiment;
    const findings = [...this.#findings.values()];
    const end = this.#end ?? { kind: 'failed', reason: 'its process has ended before it had' };
    const isVain = end.kind === 'ended' && findings.length === 0;
    return {
      ...{ name, question, remedies },
      result: isVain ? 'failed' : resultOf(end.kind, findings),
      reason: isVain ? 'it has predicted nothing' : end.reason,
      seconds: Math.round(performance.now() - this.#startedAt) / 1_000,
      findings,
      plots: this.#plots,
      tables: this.#tables,
      notes: this.#notes,
    };
  }
}

/** What was never measured is no agreement. */
function resultOf(end: 'ended' | 'skipped' | 'failed', findings: readonly Finding[]): ExperimentResult {
  if (end !== 'ended') return end;
  return findings.every(({ agrees }) => agrees === true) ? 'agrees' : 'differs';
}

/** Whether a measurement is as near to its prediction as it has to be. */
function isWithin({ predicted, tolerance }: Prediction, measured: number): boolean {
  return Math.abs(measured - predicted) <= allowance(predicted, tolerance);
}

function allowance(predicted: number, tolerance: Tolerance): number {
  if (tolerance.kind === 'exact') return 0;
  return tolerance.kind === 'share' ? Math.abs(predicted) * tolerance.share : tolerance.by;
}
