import { type ChildProcess, spawn } from 'node:child_process';
import { setMaxListeners } from 'node:events';
import { hostname, release } from 'node:os';
import { ticksPerSecond } from '../linux/timer-tick.ts';
import { type PortRange, rangeSize } from '../tcp/port-range.ts';
import type { Experiment } from './experiment.ts';
import type { Isolation } from './isolation.ts';
import type { ExperimentReport, LabReport } from './lab-report.ts';
import { MANY_PORTS } from './lane-ranges.ts';
import { type Message, MessageReader, type Progress } from './messages.ts';
import { missingHere } from './missing-here.ts';
import { Outcome } from './outcome.ts';

export interface LabOptions {
  readonly experiments: readonly Experiment[];
  readonly isolation: Isolation;
  readonly range: PortRange;
  /** The command line that runs one experiment as a process of its own: its name is put behind it. */
  readonly command: readonly string[];
  /** Ends the experiments that run, and with them what they have made. */
  readonly signal: AbortSignal;
  /** Its process is started. One that cannot run here is reported only. */
  onStart(experiment: Experiment): void;
  onProgress(experiment: Experiment, progress: Progress): void;
  onReport(report: ExperimentReport): void;
}

/**
 * Runs experiments: those that mostly wait side by side, the busy ones one by one when the others have come to wait.
 *
 * @throws the reason of the signal
 */
export async function runLab(options: LabOptions): Promise<LabReport> {
  const { experiments, isolation, range, signal } = options;
  const [startedAt, takenAt] = [performance.now(), new Date().toISOString()];
  const reports = new Map<Experiment, ExperimentReport>();
  // Each process listens to it, and Node takes more than ten for a leak.
  setMaxListeners(0, signal);
  const one = async (experiment: Experiment, onIdle?: () => void): Promise<void> => {
    const report = await runOne(experiment, options, onIdle);
    reports.set(experiment, report);
    options.onReport(report);
  };
  const waiting: ReturnType<typeof untilIdle>[] = [];
  for (const experiment of experiments.filter(({ pace }) => pace === 'waiting')) {
    signal.throwIfAborted();
    const started = untilIdle(experiment, one);
    waiting.push(started);
    // All at once would take longer than TIME_WAIT, for some.
    if (rangeSize(range) > MANY_PORTS) await started.idle;
  }
  await Promise.all(waiting.map(({ idle }) => idle));
  for (const experiment of experiments.filter(({ pace }) => pace === 'busy')) {
    signal.throwIfAborted();
    await one(experiment);
  }
  await Promise.all(waiting.map(({ end }) => end));
  signal.throwIfAborted();
  return {
    schema: 1,
    takenAt,
    durationSeconds: Math.round(performance.now() - startedAt) / 1_000,
    host: {
      ...{ name: hostname(), kernel: release(), ticksPerSecond: ticksPerSecond() },
      ...{ runsAs: isolation.runsAs, range },
    },
    experiments: experiments.flatMap((experiment) => reports.get(experiment) ?? []),
  };
}

/** Starts one. `idle`: it leaves the machine to others, or has ended. */
function untilIdle(
  experiment: Experiment,
  run: (experiment: Experiment, onIdle: () => void) => Promise<void>,
): { readonly idle: Promise<void>; readonly end: Promise<void> } {
  let onIdle = (): void => {};
  const idle = new Promise<void>((resolve) => {
    onIdle = resolve;
  });
  const end = run(experiment, onIdle).finally(onIdle);
  return { idle, end };
}

async function runOne(experiment: Experiment, options: LabOptions, onIdle?: () => void): Promise<ExperimentReport> {
  const outcome = new Outcome(experiment);
  const [missing] = missingHere(experiment, options.isolation.runsAs);
  if (missing !== undefined) {
    outcome.hear({ kind: 'skipped', reason: missing });
    return outcome.report();
  }
  const child = startExperiment(experiment, options);
  options.onStart(experiment);
  const hear = (message: Message): void => {
    outcome.hear(message);
    if (message.kind !== 'progress') return;
    options.onProgress(experiment, message.progress);
    if (message.progress.isIdle) onIdle?.();
  };
  const errors = await listen(child, hear);
  if (errors !== '') outcome.hear({ kind: 'failed', reason: errors });
  return outcome.report();
}

function startExperiment({ name }: Experiment, { isolation, command, range, signal }: LabOptions): ChildProcess {
  const [first = '', ...args] = [...isolation.prefix, ...command, name, `${range.low}-${range.high}`];
  return spawn(first, args, { stdio: ['ignore', 'pipe', 'pipe'], signal, killSignal: 'SIGKILL' });
}

/** @returns why it has failed, if it has: what it has said on standard error, or what has ended it; once it is gone */
async function listen(child: ChildProcess, onMessage: (message: Message) => void): Promise<string> {
  const reader = new MessageReader(onMessage);
  let errors = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => reader.push(text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  // It was ended on purpose, or could not be started: in either case it is closed afterwards.
  child.on('error', ({ message }) => {
    errors += message;
  });
  await new Promise<void>((resolve) => void child.once('close', () => resolve()));
  const ended = child.signalCode === null ? '' : `its process was ended by ${child.signalCode}`;
  return errors.trim() || ended;
}
