import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FourtupleError } from '../tcp/error.ts';
import { hasCapability } from './capabilities.ts';
import { findTracefs } from './tracefs.ts';
import { TracePipe } from './tracefs-pipe.ts';

/** Its own tracing files and buffers, apart from everybody else's tracing (Documentation/trace/ftrace.rst, "Instances"). */
export interface TraceInstance {
  readonly folder: string;
  readonly pipe: TracePipe;
  /** Removes it; may be called again. */
  close(): void;
}

const LOST = /^(?:overrun|commit overrun|dropped events): (\d+)$/gm;
const PREFIX = 'fourtuple-';
/** The signals with which a person or a service manager ends a program. */
const ENDING_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Makes a trace instance, which goes when it is closed, and where a signal or `exit()` ends the process before. Where the
 * process is killed outright, the next one that makes an instance removes it.
 *
 * @throws FourtupleError FT_PRIVILEGE where none may be made; FT_UNSUPPORTED where the kernel has no instances or tracefs is
 * not mounted; FT_ARGUMENT where this process has one already
 */
export function openTraceInstance(): TraceInstance {
  const instances = join(findTracefs(), 'instances');
  removeLeftOvers(instances);
  const folder = join(instances, `${PREFIX}${process.pid}`);
  let isMade = false;
  let pipe: TracePipe | undefined;
  const remove = (): void => {
    pipe?.close();
    if (isMade) tryRemove(folder);
    isMade = false;
  };
  const forget = beforeProcessEnds(remove);
  const close = (): void => {
    remove();
    forget();
  };
  try {
    make(folder);
    isMade = true;
    pipe = TracePipe.open(folder);
    return { folder, pipe, close };
  } catch (error) {
    close();
    throw error;
  }
}

/**
 * How many events each CPU's buffer had no room for, or overwrote before they were read, of all CPUs together
 * (kernel/trace/trace.c, `tracing_stats_read()`).
 */
export function countLostEvents({ folder }: TraceInstance): number {
  return tryList(join(folder, 'per_cpu'))
    .flatMap((cpu) => [...readFileSync(join(folder, 'per_cpu', cpu, 'stats'), 'latin1').matchAll(LOST)])
    .reduce((sum, [, events]) => sum + Number(events), 0);
}

/** @throws FourtupleError FT_KERNEL where the kernel refuses the text; FT_UNSUPPORTED where it has no such file */
export function writeTraceFile({ folder }: TraceInstance, name: string, text: string): void {
  const file = join(folder, name);
  try {
    writeFileSync(file, text, { flag: 'r+' });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new FourtupleError('FT_UNSUPPORTED', `this kernel has no ${name} to trace`, { cause });
    throw new FourtupleError('FT_KERNEL', `${file} refuses '${text}': ${code}`, { cause });
  }
}

function make(folder: string): void {
  try {
    mkdirSync(folder);
  } catch (cause) {
    throw whyNotMade(folder, cause as NodeJS.ErrnoException);
  }
}

function whyNotMade(folder: string, cause: NodeJS.ErrnoException): FourtupleError {
  const { code } = cause;
  if (code === 'EEXIST')
    return new FourtupleError(
      'FT_ARGUMENT',
      'this process traces already, or one of the same PID in another container',
      { cause },
    );
  if (code === 'ENOENT') {
    return new FourtupleError('FT_UNSUPPORTED', 'this kernel has no trace instances', { cause });
  }
  const message = `a trace instance may not be made: ${folder}: ${code}`;
  if (code === 'EROFS') {
    const hint = 'Tracing is mounted read-only here, as in most containers: run it on the host.';
    return new FourtupleError('FT_PRIVILEGE', message, { hint, cause });
  }
  if (code !== 'EACCES' && code !== 'EPERM') return new FourtupleError('FT_KERNEL', message, { cause });
  const hint =
    hasCapability('CAP_SYS_ADMIN') === true
      ? 'The files of tracing belong to the host’s root, and a kernel in lockdown (kernel_lockdown(7)) keeps them from anybody.'
      : 'Tracing needs root (CAP_SYS_ADMIN).';
  return new FourtupleError('FT_PRIVILEGE', message, { hint, cause });
}

/** The PID of one that is gone may be this process's own by now. */
function removeLeftOvers(instances: string): void {
  for (const name of tryList(instances)) {
    const pid = /^\d+$/.exec(name.slice(PREFIX.length))?.[0];
    if (!name.startsWith(PREFIX) || pid === undefined) continue;
    if (Number(pid) === process.pid || !isAlive(Number(pid))) tryRemove(join(instances, name));
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** An instance that somebody reads from is not removed by the kernel (EBUSY): it is in use, or will be a left-over. */
function tryRemove(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {}
}

function tryList(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/**
 * Cleans up where the process ends before the returned function is called: by `exit()`, or by a signal, which then ends it
 * as it would have. A signal that the rest of the program listens to is left to it.
 */
function beforeProcessEnds(cleanUp: () => void): () => void {
  const onSignal = (signal: NodeJS.Signals): void => {
    if (process.listenerCount(signal) > 1) return;
    cleanUp();
    forget();
    process.kill(process.pid, signal);
  };
  const forget = (): void => {
    process.off('exit', cleanUp);
    for (const signal of ENDING_SIGNALS) process.off(signal, onSignal);
  };
  process.on('exit', cleanUp);
  for (const signal of ENDING_SIGNALS) process.on(signal, onSignal);
  return forget;
}
