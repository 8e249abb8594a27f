import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { FixReport } from '../../src/cli/fix-report.ts';
import { fourtuple, type Run, type RunOptions } from './program.ts';
import { temporaryFolder } from './proxies.ts';

/** What `fix` runs with, so that its journal is the test's own. */
export interface FixState {
  /** Not there yet. */
  readonly directory: string;
  readonly options: RunOptions;
}

export function newFixState(): FixState {
  const directory = join(temporaryFolder(), 'state');
  return { directory, options: { env: { FOURTUPLE_STATE_DIRECTORY: directory } } };
}

/** Runs `fourtuple fix`. */
export function fix(state: FixState, ...args: string[]): Promise<Run> {
  return fourtuple(['fix', ...args], state.options);
}

/** Runs `fourtuple fix … --json`, which must go well. */
export async function fixReport<A extends FixReport['action']>(
  state: FixState,
  action: A,
  ...args: string[]
): Promise<Extract<FixReport, { action: A }>> {
  const { code, out, error } = await fix(state, ...args, '--json');
  expect({ args, code, error }).toEqual({ args, code: 0, error: '' });
  const report: FixReport = JSON.parse(out);
  expect(report).toMatchObject({ schema: 1, action });
  return report as Extract<FixReport, { action: A }>;
}

/** Every setting of net.ipv4 in the current namespace, and all that is in the journal's folder. */
export function everything({ directory }: FixState): Record<string, string> {
  return { ...contentOf('/proc/sys/net/ipv4'), ...(existsSync(directory) ? contentOf(directory) : {}) };
}

function contentOf(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    // What can only be written to has nothing to compare.
    .filter((file) => (statSync(file).mode & 0o400) !== 0 && statSync(file).isFile());
  return Object.fromEntries(files.map((file) => [file, readFileSync(file, 'latin1')]));
}
