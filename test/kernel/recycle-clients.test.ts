import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { RecycleReport } from '../../src/cli/fix-recycle-report.ts';
import { formatEndpoint } from '../../src/tcp/lane.ts';
import { addAddress } from '../kit/links.ts';
import { needsPrograms } from '../kit/needs.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { fourtuple, needsProgram, PROGRAM, type Run, run } from '../kit/program.ts';
import { startRedis } from '../kit/proxies.ts';
import { setPortRange } from '../kit/sysctl.ts';

const PORT = 6379;
/** Of the default range: fewer than the client opens connections. */
const SLOTS = 28_232;
const REQUESTS = 40_000;

/** A client that opens a connection for each request, and closes it first. */
function benchmark(address: string, requests: number = REQUESTS): Promise<Run> {
  const args = ['-h', address, '-p', `${PORT}`, '-k', '0', '-n', `${requests}`, '-c', '20', '-t', 'ping_mbulk', '-q'];
  return run('redis-benchmark', args);
}

const hadNoError = ({ code, out, error }: Run): boolean => code === 0 && !/Could not connect|error/i.test(out + error);

function expectNoRefusal(client: Run): void {
  expect(hadNoError(client), `${client.out.slice(-400)} ${client.error.slice(-400)}`).toBe(true);
}

/** Runs the program beside `work`, ends it as a person does, and has its summary. */
async function recyclingDuring(lane: string, work: () => Promise<void>): Promise<RecycleReport> {
  const args = ['fix', 'recycle-time-wait', '--lane', lane, '--for', 'ever', '--apply', '--json'];
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'close');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    out += text;
  });
  await once(child.stderr, 'data');
  child.stderr.resume();
  await work();
  child.kill('SIGINT');
  expect(await ended).toEqual([0, null]);
  return JSON.parse(out) as RecycleReport;
}

function expectHeld({ released, lanes: [lane], ...report }: RecycleReport, address: string): void {
  expect(report).toMatchObject({ action: 'recycled', held: true });
  expect(released).toBeGreaterThan(10_000);
  expect(lane).toMatchObject({ source: address, destination: address, port: PORT, slots: SLOTS, refused: false });
  expect(lane?.released).toBe(released);
  expect(lane?.usedMost).toBeGreaterThan(1_000);
  expect(lane?.usedMost).toBeLessThan(SLOTS);
  expect(lane?.opens?.most).toBeGreaterThan(lane?.opens?.mean ?? Number.POSITIVE_INFINITY);
}

describe('a client that closes first, and opens more than a lane has slots', { timeout: 240_000 }, () => {
  usesPrivateNamespace();
  needsProgram();
  needsPrograms('redis-server', 'redis-benchmark');

  it.each(['10.9.1.9', 'fd00::9'])('sees no refusal while its lane to %s is recycled', async (address) => {
    addAddress('lo', `${address}/${address.includes(':') ? 128 : 32}`);
    await startRedis(address, PORT);
    const lane = `*>${formatEndpoint(address, PORT)}`;
    expectHeld(await recyclingDuring(lane, async () => expectNoRefusal(await benchmark(address))), address);
  });

  it('is refused without, and is well again once old slots were released', async () => {
    // So few that they are taken before the first come back by themselves, however slow connect() gets at the cliff.
    setPortRange(32_768, 38_767);
    addAddress('lo', '10.9.1.9/32');
    await startRedis('10.9.1.9', PORT);
    expect(hadNoError(await benchmark('10.9.1.9'))).toBe(false);
    // Forced, for nobody lives any more to measure the network by.
    const args = ['fix', 'recycle-time-wait', '--lane', `10.9.1.9:${PORT}`, '--force', '--json'];
    const reportOf = async (...more: readonly string[]): Promise<RecycleReport> => {
      const { code, out, error } = await fourtuple([...args, ...more]);
      expect({ code, error }).toEqual({ code: 0, error: '' });
      return JSON.parse(out) as RecycleReport;
    };
    while (((await reportOf()).lanes[0]?.wouldRelease ?? 0) < 2_900) await sleep(200);
    expect((await reportOf('--apply')).released).toBeGreaterThan(2_900);
    expectNoRefusal(await benchmark('10.9.1.9', 2_000));
  });
});
