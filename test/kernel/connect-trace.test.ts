import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Refusal, traceRefusals } from '../../src/linux/connect-trace.ts';
import { isPortBlocked } from '../../src/linux/port-probe.ts';
import { hold, serve, tryConnection } from '../kit/connections.ts';
import { fillUntilRefused } from '../kit/fill.ts';
import { createNamespace, currentNamespace, inside } from '../kit/network-namespace.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { needsProgram, PROGRAM } from '../kit/program.ts';
import { setPortRange } from '../kit/sysctl.ts';
import { TRACE_INSTANCES, usesTracefs, withoutTracefs } from '../kit/tracefs.ts';

const LOOK_MS = 100;
const PORTS = 20;

/** What was refused in a network namespace: others may run out of ports too. */
function seenIn(refusals: readonly Refusal[], { inode } = currentNamespace()): Refusal[] {
  return refusals.filter(({ namespaceInode }) => namespaceInode === inode);
}

function ownInstances(): string[] {
  return readdirSync(TRACE_INSTANCES).filter((name) => name.startsWith(`fourtuple-${process.pid}`));
}

describe('connects that fail for want of a port', () => {
  usesPrivateNamespace();
  usesTracefs();

  it.each([
    ['IPv4', '127.0.0.1', {}, '127.0.0.1'],
    ['IPv4 from a given address', '127.0.0.1', { from: '127.0.0.7' }, '127.0.0.7'],
    ['IPv6', '::1', {}, '::1'],
    ['IPv4 in an IPv6 socket', '127.0.0.1', { mapped: true }, '127.0.0.1'],
  ] as const)('are counted, each of them once: %s', async (_, address, options, source) => {
    setPortRange(40_000, 40_000 + PORTS - 1);
    const to = serve(address, 9000);
    const [one, other] = [fillUntilRefused(to, options), serve(address, 9001)];
    expect(one).toHaveLength(PORTS);
    const trace = traceRefusals(LOOK_MS);
    const errors = Array.from({ length: 137 }, () => tryConnection(to, options));
    const more = fillUntilRefused(other, options);
    expect(seenIn(await trace)).toEqual([
      { ...refusal({ source, destination: address, port: 9000 }), count: 137 },
      { ...refusal({ source, destination: address, port: 9001 }), count: 1 },
    ]);
    expect(new Set(errors)).toEqual(new Set(['EADDRNOTAVAIL']));
    expect(more).toHaveLength(PORTS);
  });

  it('are told apart from those that fail for another reason', async () => {
    setPortRange(40_000, 40_000 + PORTS - 1);
    const to = serve('127.0.0.1', 9000);
    const nobody = { ...to, port: 9001 };
    const trace = traceRefusals(LOOK_MS);
    hold(PORTS, to, { reuseAddress: true });
    const unheard = Array.from({ length: PORTS }, () => tryConnection(nobody));
    // Its own port is the one that is taken.
    const clash = tryConnection(to, { port: 40_003, reuseAddress: true });
    expect(seenIn(await trace)).toEqual([]);
    expect(new Set(unheard)).toEqual(new Set(['ECONNREFUSED']));
    expect(clash).toBe('EADDRNOTAVAIL');
  });

  it('do not include the questions that this program asks about ports', async () => {
    setPortRange(40_000, 40_000 + PORTS - 1);
    serve('127.0.0.1', 40_003);
    const trace = traceRefusals(LOOK_MS);
    const isBlocked = isPortBlocked(40_003);
    expect(seenIn(await trace)).toEqual([]);
    expect(isBlocked).toBe(true);
  });

  it('are told with the namespace and the process, which may have others', async () => {
    const other = createNamespace();
    const trace = traceRefusals(2_000);
    const child = await inside(other, () => {
      setPortRange(40_000, 40_009);
      return startClient(10, 7);
    });
    await once(child, 'exit');
    const refusals = await trace;
    expect(seenIn(refusals)).toEqual([]);
    expect(seenIn(refusals, other)).toMatchObject([{ pid: child.pid, destination: '127.0.0.1', port: 9000, count: 7 }]);
  });

  it('are at least so many, where they came faster than they could be read', async () => {
    setPortRange(40_000, 40_001);
    const to = serve('127.0.0.1', 9000);
    fillUntilRefused(to);
    const trace = traceRefusals(LOOK_MS);
    const attempts = 60_000;
    for (let attempt = 0; attempt < attempts; attempt += 1) tryConnection(to);
    const [refused] = seenIn(await trace);
    expect(refused?.lost).toBeGreaterThan(0);
    expect(refused?.count).toBeLessThan(attempts);
    // Of those that are lost nobody knows whose they were.
    expect((refused?.count ?? 0) + (refused?.lost ?? 0)).toBeGreaterThanOrEqual(attempts);
  });
});

describe('the trace instance', () => {
  usesTracefs();

  it('is there while it is needed, and gone afterwards', async () => {
    const trace = traceRefusals(20);
    expect(ownInstances()).toHaveLength(1);
    await expect(traceRefusals(20)).rejects.toMatchObject({ code: 'FT_ARGUMENT' });
    await trace;
    expect(ownInstances()).toEqual([]);
  });

  it('of a process that is gone is removed by the next one, and that of a living one is not', async () => {
    const gone = spawn('true');
    await once(gone, 'exit');
    const [left, alive] = [gone.pid, process.ppid].map((pid) => join(TRACE_INSTANCES, `fourtuple-${pid}`));
    for (const folder of [left, alive]) mkdirSync(folder as string);
    try {
      await traceRefusals(1);
      expect(existsSync(left as string)).toBe(false);
      expect(existsSync(alive as string)).toBe(true);
    } finally {
      rmdirSync(alive as string);
    }
  });

  it('is not made where tracefs is not mounted: it is told how to mount it', async () => {
    let trace: Promise<unknown> | undefined;
    withoutTracefs(() => {
      trace = traceRefusals(1);
      trace.catch(() => {});
    });
    await expect(trace).rejects.toMatchObject({
      code: 'FT_UNSUPPORTED',
      hint: 'Mount it: mount -t tracefs tracefs /sys/kernel/tracing',
    });
  });

  describe('of another process', () => {
    needsProgram();

    it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('is gone after %s, which ends it as ever', async (signal) => {
      const child = await startTracing('await traceRefusals(60_000);');
      const folder = join(TRACE_INSTANCES, `fourtuple-${child.pid}`);
      expect(existsSync(folder)).toBe(true);
      child.kill(signal);
      expect(await once(child, 'exit')).toEqual([null, signal]);
      expect(existsSync(folder)).toBe(false);
    });

    it('is gone after it has ended by itself', async () => {
      const child = await startTracing('void traceRefusals(60_000); setTimeout(() => process.exit(3), 20);');
      expect(await once(child, 'exit')).toEqual([3, null]);
      expect(existsSync(join(TRACE_INSTANCES, `fourtuple-${child.pid}`))).toBe(false);
    });

    it('is not made without root', async () => {
      const child = start('traceRefusals(1).catch((error) => console.log(error.code, error.hint));', 65_534);
      const [text] = await once(child.stdout as NodeJS.ReadableStream, 'data');
      expect(`${text}`).toMatch(/^FT_PRIVILEGE .*root/);
    });
  });
});

function refusal(ends: Pick<Refusal, 'source' | 'destination' | 'port'>): Omit<Refusal, 'count'> {
  const { inode } = currentNamespace();
  return { ...ends, pid: process.pid, name: expect.any(String), lost: 0, namespaceInode: inode };
}

/** A process of its own that listens, holds connections to itself, and then tries more in vain. */
function startClient(held: number, refused: number): ChildProcess {
  const program = `
const { createServer, connect } = require('node:net');
let failed = 0;
const open = (rest) => {
  const socket = connect(9000, '127.0.0.1', () => (rest > 1 ? open(rest - 1) : fail()));
};
const fail = () => {
  if (failed++ === ${refused}) return setTimeout(() => process.exit(), 100);
  connect(9000, '127.0.0.1').on('error', fail).on('connect', () => process.exit(1));
};
createServer(() => {}).listen(9000, '127.0.0.1', () => open(${held}));
`;
  return spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'ignore', 'inherit'] });
}

function start(program: string, user?: number): ChildProcess {
  const module = pathToFileURL(join(PROGRAM, '../../linux/connect-trace.js')).href;
  const script = `import { traceRefusals } from '${module}'; ${program}`;
  const identity = user === undefined ? {} : { uid: user, gid: user };
  return spawn(process.execPath, ['--input-type=module', '-e', script], {
    ...identity,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** @returns the process when its trace instance is there */
async function startTracing(program: string): Promise<ChildProcess> {
  const child = start(program);
  const folder = join(TRACE_INSTANCES, `fourtuple-${child.pid}`);
  while (!existsSync(folder) && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 5));
  return child;
}
