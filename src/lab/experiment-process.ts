import { writeSync } from 'node:fs';
import { FourtupleError } from '../tcp/error.ts';
import { findExperiment } from './catalog.ts';
import { encodeMessage, type Message } from './messages.ts';
import { mountPrivately } from './private-mounts.ts';
import { Stage, type StageOptions } from './stage.ts';

const STANDARD_OUTPUT = 1;

/**
 * Runs one experiment in the namespaces that this process has for itself, and tells on standard output. Whatever breaks
 * the experiment off is told too.
 */
export async function runAsProcess(name: string, options: Omit<StageOptions, 'send'>): Promise<void> {
  const send = (message: Message): void => void writeSync(STANDARD_OUTPUT, encodeMessage(message));
  try {
    mountPrivately();
    const experiment = await findExperiment(name).open(new Stage({ ...options, send }));
    await experiment.run();
    send({ kind: 'ended' });
  } catch (error) {
    send({ kind: isImpossibleHere(error) ? 'skipped' : 'failed', reason: reasonOf(error) });
  }
}

/** The kernel, or a program, has not what the experiment is about. */
function isImpossibleHere(error: unknown): boolean {
  return error instanceof FourtupleError && error.code === 'FT_UNSUPPORTED';
}

function reasonOf(error: unknown): string {
  if (error instanceof FourtupleError)
    return error.hint === undefined ? error.message : `${error.message}: ${error.hint}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
