import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { findExperiment } from '../lab/catalog.ts';
import { findIsolation } from '../lab/isolation.ts';
import { missingProgram } from '../lab/needed-programs.ts';
import { SHORT_RANGE } from '../lab/short-range.ts';
import { FourtupleError } from '../tcp/error.ts';
import { formatRange } from '../tcp/port-range.ts';

/** `fourtuple lab shell`. */
export async function openShell(_: Record<string, never>, name: string): Promise<void> {
  const missing = findExperiment(name)
    .programs.map(missingProgram)
    .find((reason) => reason !== null);
  if (missing !== undefined) throw new FourtupleError('FT_UNSUPPORTED', `${name} cannot be set up here: ${missing}`);
  const own = [process.execPath, process.argv[1] as string, 'lab', 'inside', '--shell', name, formatRange(SHORT_RANGE)];
  const [command = '', ...args] = [...findIsolation().prefix, ...own];
  // Ctrl-C is for what runs in the shell.
  process.on('SIGINT', () => {});
  const shell = spawn(command, args, { stdio: 'inherit' });
  const [code] = (await once(shell, 'exit')) as [number | null];
  process.exitCode = code ?? 1;
}
