// A process that takes censuses of the network namespace it is in, and says how long they took: WARM_UPS RUNS OWNERS_MS.

import { findKernelOwners } from '../src/census/kernel-owners.ts';
import { inodesOfLanes } from '../src/census/owners.ts';
import { takeCensus } from '../src/census/take-census.ts';
import type { CensusTimes } from './census-times.ts';

const [warmUps = 0, runs = 0, ownersMs = 0] = process.argv.slice(2).map(Number);

for (let run = 0; run < warmUps; run += 1) await measure();
const measured = [];
for (let run = 0; run < runs; run += 1) measured.push(await measure());
const times: CensusTimes = {
  runs: measured,
  // Before owners are searched for, which is no part of a census.
  peakMegabytes: process.resourceUsage().maxRSS / 1024,
  owners: ownersMs > 0 ? await measureOwners() : null,
};
process.stdout.write(JSON.stringify(times));

async function measure(): Promise<CensusTimes['runs'][number]> {
  const start = performance.now();
  const { census, kernelSeconds } = await takeCensus();
  const shown = census.fullest(20);
  const milliseconds = performance.now() - start;
  const used =
    shown.length < census.laneCount ? census.scan.sockets.size : shown.reduce((sum, lane) => sum + lane.used, 0);
  return { milliseconds, kernelMilliseconds: kernelSeconds * 1000, lanes: census.laneCount, used };
}

async function measureOwners(): Promise<CensusTimes['owners']> {
  const { census } = await takeCensus();
  const lanes = new Set(census.fullest(20).map(({ index }) => index));
  const start = performance.now();
  const { stopped } = findKernelOwners(inodesOfLanes(census, lanes), ownersMs, null);
  return { milliseconds: performance.now() - start, stopped };
}
