import { once } from 'node:events';
import { constants } from 'node:os';
import { enterForeground } from '../linux/terminal-group.ts';
import { findExperiment } from './catalog.ts';
import type { Message } from './messages.ts';
import { mountPrivately } from './private-mounts.ts';
import { shellProgram } from './shell-program.ts';
import { Stage, type StageOptions } from './stage.ts';

/** A terminal sends these to all of its processes in the foreground: they are for what runs in the shell. */
export const TERMINAL_SIGNALS = ['SIGINT', 'SIGQUIT'] as const;

/**
 * Sets up an experiment in the namespaces that this process has for itself, and starts a shell where its ports run out.
 *
 * @returns what the shell has ended with, as a shell tells it
 */
export async function runShell(name: string, options: Omit<StageOptions, 'send'>): Promise<number> {
  for (const signal of TERMINAL_SIGNALS) process.on(signal, () => {});
  enterForeground();
  mountPrivately();
  const send = (_: Message): void => {};
  const stage = new Stage({ ...options, send });
  const { subject, hint } = await findExperiment(name).open(stage);
  const { command, environment } = shellProgram(stage.newFolder('shell'), process.env);
  process.stderr.write(
    `This is ${subject.name}, where the ports run out. \`ip netns\` lists its neighbours, \`ip netns exec NAME sh\` goes to one.\nAll is gone when this shell ends.\n`,
  );
  if (hint !== undefined) process.stderr.write(`${hint}\n`);
  const [first = '', ...args] = command;
  const shell = subject.start(first, args, { stdio: 'inherit', env: environment });
  const [code, signal] = (await once(shell, 'exit')) as [number | null, NodeJS.Signals | null];
  return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}
