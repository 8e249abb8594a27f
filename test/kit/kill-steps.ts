import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type Run, type RunOptions, run } from './program.ts';
import { temporaryFolder } from './proxies.ts';

/** One system call of a run: the n-th of its name that concerns one of the paths. */
export interface Step {
  readonly call: string;
  /** Counted from 1. */
  readonly nth: number;
}

/** What tells what is there, takes a lock, or leaves something behind. */
const CALLS = [
  ...['openat', 'read', 'pread64', 'write', 'pwrite64', 'fsync', 'fdatasync', 'ftruncate', 'close', 'flock'],
  ...['rename', 'renameat2', 'unlink', 'unlinkat', 'mkdir', 'mkdirat', 'statx', 'fchmod'],
];

/** A command, and the files that its steps are about. */
export interface Stepped {
  readonly command: readonly string[];
  readonly paths: readonly string[];
  /** In place of those that concern files; those of any path then. */
  readonly calls?: readonly string[];
  /** Which of them are steps, by what strace writes of them: all where left out. */
  readonly isStep?: RegExp;
  readonly options?: RunOptions;
}

/** The steps that a command takes, in their order; it runs to its end, which must be a good one. */
export async function stepsOf(stepped: Stepped): Promise<Step[]> {
  const file = join(temporaryFolder(), 'trace');
  expect(await trace(stepped, ['-o', file])).toMatchObject({ code: 0 });
  const counts = new Map<string, number>();
  return [...readFileSync(file, 'latin1').matchAll(/^\d+ +([a-z0-9_]+)\(.*/gm)].flatMap(([line, call = '']) => {
    const nth = (counts.get(call) ?? 0) + 1;
    counts.set(call, nth);
    return stepped.isStep?.test(line) === false ? [] : [{ call, nth }];
  });
}

/** Runs a command that gets a SIGKILL as it comes to a step, before the kernel does anything of it. */
export async function killAt({ call, nth }: Step, stepped: Stepped): Promise<void> {
  const { code } = await trace(stepped, ['-o', '/dev/null', '-e', `inject=${call}:signal=SIGKILL:when=${nth}`]);
  // strace ends as its child did.
  expect(code, `it is killed at ${call} ${nth}`).toBeNull();
}

/** All threads of it; `--seccomp-bpf` would be quicker, and injects nothing (strace 6.1). */
function trace({ command, paths, calls = CALLS, options }: Stepped, more: readonly string[]): Promise<Run> {
  const where = paths.flatMap((path) => ['-P', path]);
  return run('strace', ['-f', '-qq', '-e', `trace=${calls.join(',')}`, ...where, ...more, ...command], options);
}
