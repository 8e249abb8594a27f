// How fast TIME_WAIT sockets are released, beside what people use today: `npm run bench:recycle`. Fills lanes of a private
// network namespace with TIME_WAIT, again and again; takes two minutes and leaves nothing behind. Needs root.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve } from '../test/kit/connections.ts';
import { closeAllSockets } from '../test/kit/native-socket.ts';
import { enterNewNamespace, whyNoNamespaces } from '../test/kit/network-namespace.ts';
import { writeSysctl } from '../test/kit/sysctl.ts';
import { isMet, type Mark } from './marks.ts';
import { progress, progressEnd } from './progress.ts';
import { type Release, releaseByProgram, releaseByStatistics, releaseInLoop } from './recycle-rounds.ts';
import { median } from './statistics.ts';
import { renderMarks, renderTable } from './table.ts';

const ROUNDS = 5;
const LANES = 11;
const FIRST_PORT = 10_000;
const MOST_TIME_WAIT = 500_000;

const obstacle = whyNoNamespaces();
if (obstacle === undefined) await run();
else {
  process.stderr.write(`bench:recycle: ${obstacle}\n`);
  process.exitCode = 1;
}

async function run(): Promise<void> {
  const state = mkdtempSync(join(tmpdir(), 'fourtuple-bench-'));
  process.env.FOURTUPLE_STATE_DIRECTORY = state;
  enterNewNamespace();
  writeSysctl('ipv4.tcp_tw_reuse', 0);
  writeSysctl('ipv4.tcp_max_tw_buckets', MOST_TIME_WAIT);
  try {
    await measure();
  } finally {
    progressEnd();
    closeAllSockets();
    rmSync(state, { recursive: true });
  }
}

async function measure(): Promise<void> {
  const lanes = Array.from({ length: LANES }, (_, index) => serve('127.0.0.1', FIRST_PORT + index));
  const [lane] = lanes as [(typeof lanes)[number]];
  const [listing, destroying, statistics, program] = [[], [], [], []] as [Release[], Release[], Release[], Release[]];
  for (let round = 1; round <= ROUNDS; round += 1) {
    progress(`round ${round} of ${ROUNDS}`);
    const inLoop = releaseInLoop(lanes);
    listing.push(inLoop.listing);
    destroying.push(inLoop.destroying);
    statistics.push(releaseByStatistics(lane));
    program.push(await releaseByProgram(lane));
  }
  progressEnd();
  const both = destroying.map((release, round) => ({
    sockets: release.sockets,
    milliseconds: release.milliseconds + (listing[round]?.milliseconds ?? 0),
  }));
  const rows: readonly (readonly [name: string, releases: readonly Release[]])[] = [
    ['in the loop', destroying],
    ['in the loop, listing them first', both],
    ['fix recycle-time-wait, start to exit', program],
    ['ss -K, start to exit', statistics],
  ];
  process.stdout.write(`${renderReleases(rows, perSecond(statistics))}\n`);
  const marks: Mark[] = [
    { name: 'in the loop, time of a million', measured: 1e9 / perSecond(destroying), limit: 1_000, unit: ' ms' },
    {
      name: `fix recycle-time-wait on ${program[0]?.sockets}, start to exit`,
      measured: median(program.map(({ milliseconds }) => milliseconds)),
      limit: 300,
      unit: ' ms',
    },
  ];
  process.stdout.write(renderMarks(marks));
  process.exitCode = marks.every(isMet) ? 0 : 1;
}

/** The median of the rounds. */
function perSecond(releases: readonly Release[]): number {
  return median(releases.map(({ sockets, milliseconds }) => (1_000 * sockets) / milliseconds));
}

function renderReleases(
  rows: readonly (readonly [name: string, releases: readonly Release[]])[],
  statistics: number,
): string {
  return renderTable([
    ['TIME_WAIT released', 'sockets', 'ms', 'per second', 'of ss -K'],
    ...rows.map(([name, releases]) => [
      name,
      `${releases[0]?.sockets}`,
      median(releases.map(({ milliseconds }) => milliseconds)).toFixed(1),
      perSecond(releases).toFixed(0),
      (perSecond(releases) / statistics).toFixed(1),
    ]),
  ]);
}
