import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { findExperiment } from '../lab/catalog.ts';
import { findIsolation } from '../lab/isolation.ts';
import { SHORT_RANGE } from '../lab/lane-ranges.ts';
import { missingProgram } from '../lab/needed-programs.ts';
import { TERMINAL_SIGNALS } from '../lab/shell.ts';
import { returnToForeground } from '../linux/terminal-group.ts';
import { FourtupleError } from '../tcp/error.ts';
import { formatRange } from '../tcp/port-range.ts';
import { FAILED } from './exit-code.ts';

/**
 * `fourtuple lab shell`: ends with what the shell ends with.
 *
 * @throws FourtupleError FT_UNSUPPORTED where a program is missing that the experiment's hosts run
 */
export async function openShell(_: Record<string, never>, name: string): Promise<void> {
  const missing = findExperiment(name)
    .programs.map(missingProgram)
    .find((reason) => reason !== null);
  if (missing !== undefined) throw new FourtupleError('FT_UNSUPPORTED', `${name} cannot be set up here: ${missing}`);
  const own = [process.execPath, process.argv[1] as string, 'lab', 'inside', '--shell', name, formatRange(SHORT_RANGE)];
  const [command = '', ...args] = [...findIsolation().prefix, ...own];
  for (const signal of TERMINAL_SIGNALS) process.on(signal, () => {});
  const shell = spawn(command, args, { stdio: 'inherit' });
  const [code] = (await once(shell, 'exit')) as [number | null];
  returnToForeground();
  process.exitCode = code ?? FAILED;
}
