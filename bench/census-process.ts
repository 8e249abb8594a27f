// A process that takes censuses of the network namespace it is in, and says how long they took: RUNS OWNERS_MS.

import { findKernelOwners } from '../src/census/kernel-owners.ts';
import { inodesByLane } from '../src/census/owners.ts';
import { takeCensus } from '../src/census/take-census.ts';
import type { CensusTimes } from './census-times.ts';

const [runs = 0, ownersMs = 0] = process.argv.slice(2).map(Number);

const measured = [];
let peakMegabytes = 0;
for (let run = 0; run < runs; run += 1) {
  measured.push(await measure());
  // Of one census, as `status` takes it: what later ones leave behind is collected at leisure.
  if (run === 0) peakMegabytes = process.resourceUsage().maxRSS / 1024;
}
const times: CensusTimes = {
  runs: measured,
  peakMegabytes,
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
  const { stopped } = findKernelOwners([...inodesByLane(census, lanes).values()].flat(), ownersMs, null);
  return { milliseconds: performance.now() - start, stopped };
}
