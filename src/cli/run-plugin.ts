import { type Application, type ApplicationContext, type CommandContext, run } from '@stricli/core';
import { oneLine } from './check/plain-text.ts';
import { exitCodeOf, stateLine } from './check/state.ts';
import { describeError } from './error-text.ts';

/** The exit code of a plugin that has not come to an answer. */
export const UNANSWERED: number = exitCodeOf('UNKNOWN');

/**
 * Runs a command as monitoring systems expect it of their plugins: it is UNKNOWN until it says otherwise, so for --help,
 * --version, wrong use and failures too, and the reason stands on standard output, where alone they look.
 */
export async function runPlugin(
  application: Application<CommandContext>,
  inputs: readonly string[],
  { process }: ApplicationContext,
): Promise<void> {
  const told: string[] = [];
  const { stdout, env } = process;
  process.exitCode = UNANSWERED;
  const plugin: ApplicationContext['process'] = {
    stdout,
    stderr: { write: (text) => void told.push(text) },
    ...(env === undefined ? {} : { env }),
    get exitCode() {
      return process.exitCode ?? null;
    },
    set exitCode(code) {
      process.exitCode = code ?? null;
    },
  };
  await run(application, inputs, { process: plugin });
  if (told.length > 0) tellUnknown(told.join(''), process);
}

/** What is thrown where nobody waits for it would end the process with what stands for a warning. */
export function unknownOnDefect(
  process: ApplicationContext['process'],
  end: (code: number) => void,
): (error: unknown) => void {
  return (error) => {
    tellUnknown(describeError(error), process);
    end(UNANSWERED);
  };
}

const STACK_LINE = /^ {4}at .*\n?/gm;

/** @param text as a person would read it: without the name of the program, which stands in the line already */
function tellUnknown(text: string, { stdout, stderr }: ApplicationContext['process']): void {
  const reason = text
    .replace(STACK_LINE, '')
    .replace(/^fourtuple: /, '')
    .trim()
    .replaceAll(/([^.:?])\n/g, '$1. ');
  stdout.write(`${stateLine('UNKNOWN', oneLine(reason))}\n`);
  if (text.search(STACK_LINE) >= 0) stderr.write(text);
}
