import { setTimeout as sleep } from 'node:timers/promises';
import { takeCensus } from '../src/census/take-census.ts';
import { serve } from '../test/kit/connections.ts';
import { fillWithTimeWait } from '../test/kit/fill.ts';
import { closeAllSockets } from '../test/kit/native-socket.ts';
import { enterNewNamespace } from '../test/kit/network-namespace.ts';
import { RunningAgent } from '../test/kit/running-agent.ts';
import { writeSysctl } from '../test/kit/sysctl.ts';
import type { Mark } from './marks.ts';
import { depopulate, populate } from './population.ts';
import { progress } from './progress.ts';
import { median } from './statistics.ts';

/** Its code is compiled by then, and its history begun. */
const WARM_UP_MS = 6_000;
const SCRAPE_MS = 15_000;
const PROCESSES = 50;
const PAIRS = 9_900;
const LANES = 200;
const SCRAPES = 21;
const DUMPS = 11;

/** What an agent did over a while. */
interface Spent {
  /** Of one core. */
  readonly percent: number;
  readonly peakMegabytes: number;
  readonly samples: number;
  readonly seconds: number;
}

async function watch(agent: RunningAgent, seconds: number): Promise<Spent> {
  const before = { at: performance.now(), cpu: agent.cpuSeconds(), samples: (await agent.health()).counters.samples };
  let scrapeAt = before.at;
  while (performance.now() - before.at < seconds * 1_000) {
    if (performance.now() >= scrapeAt) {
      await agent.get('metrics');
      scrapeAt += SCRAPE_MS;
    }
    await sleep(250);
  }
  const elapsed = (performance.now() - before.at) / 1_000;
  return {
    percent: ((agent.cpuSeconds() - before.cpu) / elapsed) * 100,
    peakMegabytes: agent.memory().peak,
    samples: (await agent.health()).counters.samples - before.samples,
    seconds: elapsed,
  };
}

/** What listing the sockets of this namespace costs the kernel, in milliseconds. */
async function kernelMilliseconds(): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < DUMPS; round += 1) {
    const { kernelSeconds } = await takeCensus({ askAboutPorts: false, lastBound: [] });
    times.push(kernelSeconds * 1_000);
    await sleep(100);
  }
  return median(times);
}

/** One lane full of TIME_WAIT; history, a scrape every 15 s and a dashboard included. */
export async function timeWaitCase(seconds: number): Promise<Mark[]> {
  enterNewNamespace();
  writeSysctl('ipv4.tcp_tw_reuse', 0);
  progress('time-wait: an agent begins');
  const agent = await RunningAgent.start(['--namespaces', 'own']);
  const dashboard = agent.watch();
  try {
    await sleep(WARM_UP_MS);
    progress('time-wait: filling a lane');
    const used = fillWithTimeWait(serve('127.0.0.1', 10_000), { portRange: [32_768, 60_999] });
    // It notices the flood of closes, and goes on.
    await sleep(2_000);
    progress(`time-wait: watching for ${seconds} s`);
    const kernelMs = await kernelMilliseconds();
    const spent = await watch(agent, seconds);
    const { intervalSeconds } = await agent.health();
    const name = `${used} TIME_WAIT`;
    process.stdout.write(
      `${name}: ${spent.samples} samples in ${spent.seconds.toFixed(1)} s, an interval of ${intervalSeconds.toFixed(2)} s at the end, ${spent.percent.toFixed(2)} % of a core, ${spent.peakMegabytes.toFixed(1)} MB at most; the kernel takes ${kernelMs.toFixed(1)} ms for a dump\n`,
    );
    return [
      { name: `${name}: percent of a core`, measured: spent.percent, limit: 1.5, unit: '' },
      { name: `${name}: resident at most`, measured: spent.peakMegabytes, limit: 110, unit: ' MB' },
      // 1.5 % of a core, at one sample per second and 2 ms for the kernel's dump.
      {
        name: `${name}: all that it does per sample, of the kernel's dump`,
        measured: (spent.percent * 10 * spent.seconds) / spent.samples / kernelMs,
        limit: 7.5,
        unit: '',
      },
    ];
  } finally {
    dashboard.destroy();
    await agent.end();
    closeAllSockets();
  }
}

/** 990,000 sockets: the interval grows until they are within the budget. */
export async function manySocketsCase(): Promise<Mark[]> {
  enterNewNamespace();
  await populate({ processes: PROCESSES, pairs: PAIRS }, 'few');
  progress('many: an agent begins');
  const agent = await RunningAgent.start(['--namespaces', 'own']);
  try {
    // The first two begin: nobody knows yet what they cost.
    while ((await agent.health()).counters.samples < 2) await sleep(250);
    await sleep(WARM_UP_MS);
    // From the beginning of a sample to that of the next: its cost, and all the rest that it has to last for.
    const { intervalSeconds } = await agent.health();
    const before = { at: performance.now(), cpu: agent.cpuSeconds() };
    while ((await agent.health()).counters.samples < 3) {
      progress(
        `many: a sample every ${intervalSeconds.toFixed(0)} s, ${Math.round((performance.now() - before.at) / 1_000)} s gone`,
      );
      await sleep(1_000);
    }
    const elapsed = (performance.now() - before.at) / 1_000;
    const percent = ((agent.cpuSeconds() - before.cpu) / elapsed) * 100;
    const name = `${2 * PROCESSES * PAIRS} sockets`;
    process.stdout.write(
      `${name}: an interval of ${(await agent.health()).intervalSeconds.toFixed(1)} s, ${percent.toFixed(2)} % of a core over ${elapsed.toFixed(0)} s, ${agent.memory().peak.toFixed(1)} MB at most\n`,
    );
    return [{ name: `${name}: percent of a core`, measured: percent, limit: 1.5, unit: '' }];
  } finally {
    await agent.end();
    await depopulate();
  }
}

/** How long a scrape takes where every lane has its own series. */
export async function scrapeCase(): Promise<Mark[]> {
  enterNewNamespace();
  await populate({ processes: 1, pairs: LANES }, 'many');
  const agent = await RunningAgent.start(['--namespaces', 'own', '--lanes', `${LANES}`]);
  try {
    while ((await agent.health()).counters.samples < 3) await sleep(250);
    progress('scrape: metrics');
    const times: number[] = [];
    let lanes = 0;
    for (let scrape = 0; scrape < SCRAPES; scrape += 1) {
      const { text, ms } = await agent.get('metrics');
      times.push(ms);
      lanes = text.match(/^fourtuple_lane_slots\{/gm)?.length ?? 0;
    }
    process.stdout.write(`metrics: the first ${times[0]?.toFixed(1)} ms, of ${lanes} lanes\n`);
    if (lanes < LANES) throw new Error(`only ${lanes} lanes have series`);
    return [{ name: `metrics of ${lanes} lanes`, measured: median(times), limit: 50, unit: ' ms' }];
  } finally {
    await agent.end();
    await depopulate();
  }
}
