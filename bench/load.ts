// How fast the lab's load generator opens, accepts and closes connections on one core, beside the same calls in C where
// there is a compiler: `npm run bench:load`. Over loopback in a private network namespace; takes some seconds and leaves
// nothing behind. Needs root.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Host } from '../src/lab/host.ts';
import { fillWithTimeWait } from '../src/lab/load/fill.ts';
import { Server, Way } from '../src/lab/load/way.ts';
import { ownNamespace } from '../src/linux/network-namespace.ts';
import { enterNewNamespace, whyNoNamespaces } from '../test/kit/network-namespace.ts';
import { isMet, type Mark } from './marks.ts';
import { progress, progressEnd } from './progress.ts';
import { median } from './statistics.ts';
import { renderMarks, renderTable } from './table.ts';

const ROUNDS = 11;
/** Of one lane: fewer than half of its slots, so that connect() finds a port at once. */
const CONNECTIONS = 12_000;
const FIRST_PORT = 10_000;
/** Where C opens 92,000 a second on one core, 50,000. */
const MOST_OF_C = 1.84;
/** Compiled into build/bench/, and its source is not. */
const YARDSTICK = fileURLToPath(new URL('../../bench/load-yardstick.c', import.meta.url));

const obstacle = whyNoNamespaces();
if (obstacle === undefined) run();
else {
  process.stderr.write(`bench:load: ${obstacle}\n`);
  process.exitCode = 1;
}

function run(): void {
  const folder = mkdtempSync(join(tmpdir(), 'fourtuple-bench-'));
  try {
    enterNewNamespace();
    compare(compileYardstick(folder));
  } finally {
    progressEnd();
    rmSync(folder, { recursive: true });
  }
}

function compare(yardstick: string | null): void {
  const host = new Host('bench', ownNamespace());
  host.writeSetting('ipv4.tcp_max_tw_buckets', 2 * ROUNDS * CONNECTIONS);
  const [ours, inC] = [[], []] as [number[], number[]];
  for (let round = 0; round <= ROUNDS; round += 1) {
    progress(`round ${round} of ${ROUNDS}`);
    const measured = microsecondsOfUs(host, FIRST_PORT + 2 * round);
    // The first one runs code that is not compiled yet.
    if (round > 0) ours.push(measured);
    if (yardstick !== null) inC.push(microsecondsOf(yardstick, FIRST_PORT + 2 * round + 1));
  }
  progressEnd();
  const ratio = median(ours) / median(inC);
  const marks: Mark[] =
    yardstick === null ? [] : [{ name: 'CPU time, of that in C', measured: ratio, limit: MOST_OF_C, unit: '' }];
  process.stdout.write(
    `${renderTable([
      ['connect, accept, close', 'µs of one core', 'per second of one core'],
      ['the lab', ...figures(ours)],
      ['the same calls in C', ...(yardstick === null ? ['no compiler here'] : figures(inC))],
    ])}\n${renderMarks(marks)}`,
  );
  if (!marks.every(isMet)) process.exitCode = 1;
}

function figures(microseconds: readonly number[]): string[] {
  const middle = median(microseconds);
  return [middle.toFixed(2), Math.round(1e6 / middle).toLocaleString('en')];
}

/** The kernel's part of it included. */
function microsecondsOfUs(host: Host, port: number): number {
  const way = new Way(new Server(host, '127.0.0.1', port));
  const before = process.cpuUsage();
  fillWithTimeWait(host, way, CONNECTIONS);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / CONNECTIONS;
}

function microsecondsOf(yardstick: string, port: number): number {
  return Number(execFileSync(yardstick, [`${port}`, `${CONNECTIONS}`], { encoding: 'utf8' }));
}

/** @returns null where there is no compiler */
function compileYardstick(folder: string): string | null {
  const program = join(folder, 'yardstick');
  try {
    execFileSync('cc', ['-O2', '-o', program, YARDSTICK], { stdio: 'ignore' });
    return program;
  } catch {
    return null;
  }
}
