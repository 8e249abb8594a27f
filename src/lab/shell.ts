import { once } from 'node:events';
import { findExperiment } from './catalog.ts';
import type { Message } from './messages.ts';
import { mountPrivately } from './private-mounts.ts';
import { Stage, type StageOptions } from './stage.ts';

/**
 * Sets up an experiment in the namespaces that this process has for itself, and starts a shell where its ports run out.
 *
 * @returns what the shell has ended with
 */
export async function runShell(name: string, options: Omit<StageOptions, 'send'>): Promise<number> {
  mountPrivately();
  const send = (_: Message): void => {};
  const { subject, hint = '' } = await findExperiment(name).open(new Stage({ ...options, send }));
  const place = `This is ${subject.name}. \`ip netns\` lists its neighbours; all is gone when this shell ends.`;
  process.stderr.write(`${[place, hint].join(' ').trim()}\n`);
  const shell = subject.start(process.env.SHELL ?? '/bin/sh', [], { stdio: 'inherit' });
  const [code] = (await once(shell, 'exit')) as [number | null];
  return code ?? 1;
}
