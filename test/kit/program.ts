import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect } from 'vitest';
import type { Report } from '../../src/diagnosis/report.ts';
import { readReport } from '../../src/diagnosis/report-reader.ts';
import { PROGRAM, ROOT } from './built-program.ts';

export { PROGRAM } from './built-program.ts';

/** Skips each test of the suite it is called in (or of the file) where the program is not built from the present sources. */
export function needsProgram(): void {
  const reason = whyNoProgram();
  beforeEach(({ skip }) => {
    if (reason !== undefined) skip(reason);
  });
}

function whyNoProgram(): string | undefined {
  const built = statSync(join(ROOT, 'dist/.stamp'), { throwIfNoEntry: false });
  if (built === undefined) return 'the program is not built: npm run build';
  const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' });
  const newer = sources.find((file) => !isTest(file) && statSync(join(ROOT, 'src', file)).mtimeMs > built.mtimeMs);
  return newer === undefined ? undefined : `src/${newer} is newer than the program: npm run build`;
}

/** A new test file changes its folder, and nothing of the program. */
function isTest(file: string): boolean {
  return !file.endsWith('.ts') || file.endsWith('.test.ts');
}

export interface Run {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

export interface RunOptions {
  /** Variables in place of those of this process, besides PATH. */
  readonly env?: NodeJS.ProcessEnv;
  /** What its standard input gives; it is empty where left out. */
  readonly input?: string;
  /** As a user without any privilege. */
  readonly unprivileged?: boolean;
}

const NOBODY = { uid: 65_534, gid: 65_534 };

/** Runs a program in the network namespace that this thread is in now, and waits for its end. */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Run> {
  const child = spawn(command, args, {
    env: { PATH: process.env.PATH, ...options.env },
    ...(options.unprivileged === true ? NOBODY : {}),
  });
  const run = { out: '', error: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => {
    run.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    run.error += text;
  });
  // It may end before it has read all.
  child.stdin.on('error', () => {});
  child.stdin.end(options.input ?? '');
  const [code] = await once(child, 'close');
  return { ...run, code };
}

/** Runs `fourtuple` with these arguments. */
export function fourtuple(args: readonly string[], options: RunOptions = {}): Promise<Run> {
  return run(process.execPath, [PROGRAM, ...args], options);
}

/** Runs `fourtuple … --json`, which must go well and print nothing but a report. */
export async function reportBy(args: readonly string[], options: RunOptions = {}): Promise<Report> {
  const { code, out, error } = await fourtuple([...args, '--json'], options);
  expect({ code, error }).toEqual({ code: 0, error: '' });
  return readReport(out, 'what --json prints');
}
