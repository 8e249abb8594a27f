import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What a process that takes censuses says. */
export interface CensusTimes {
  readonly runs: readonly CensusRun[];
  /** The most memory that the process had until its first census was taken. */
  readonly peakMegabytes: number;
  /** The search for the owners of the fullest lanes' sockets, and why it stopped, if it did. */
  readonly owners: { readonly milliseconds: number; readonly stopped: string | null } | null;
}

export interface CensusRun {
  readonly milliseconds: number;
  /** Of these, inside the kernel. */
  readonly kernelMilliseconds: number;
  readonly lanes: number;
  readonly used: number;
}

const PROGRAM = fileURLToPath(new URL('./census-process.js', import.meta.url));

/** Takes censuses in a new process. */
export function takeCensuses(options: { runs?: number; ownersMs?: number }): CensusTimes {
  const { runs = 1, ownersMs = 0 } = options;
  const args = [PROGRAM, `${runs}`, `${ownersMs}`];
  const { status, stdout, error } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`the census ended with exit code ${status}`);
  return JSON.parse(stdout) as CensusTimes;
}
