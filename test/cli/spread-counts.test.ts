import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readFileSync, rmdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NamespaceReport } from '../../src/diagnosis/report.ts';
import { readReport } from '../../src/diagnosis/report-reader.ts';
import { connectInCgroup, usesCgroupClients } from '../kit/cgroup-client.ts';
import { makeCgroup, usesCgroups } from '../kit/cgroups.ts';
import { type Server, serve } from '../kit/connections.ts';
import { type FixState, newFixState } from '../kit/fixing.ts';
import { needsPrograms } from '../kit/needs.ts';
import { createNamespace, currentNamespace, inside } from '../kit/network-namespace.ts';
import { NOBODY, needsNobody } from '../kit/nobody.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { fourtuple, needsProgram, PROGRAM, type RunOptions, reportBy, run } from '../kit/program.ts';
import { temporaryFolder } from '../kit/proxies.ts';
import { setPortRange, writeSysctl } from '../kit/sysctl.ts';

const SLOTS = 20;
const SOURCES = ['127.0.0.2', '127.0.0.3', '127.0.0.4'];
const LANES = SOURCES.length * SLOTS;

let state: FixState;
let cgroup: string;
let to: Server;
const ends: (() => Promise<void>)[] = [];

/** Attaches a spread, which ends with the test or when the returned function is called. */
async function attach(...remedy: readonly string[]): Promise<() => Promise<void>> {
  const args = [PROGRAM, 'fix', ...remedy, '--cgroup', cgroup, '--for', '60s', '--apply'];
  const child = spawn(process.execPath, args, { env: { ...process.env, ...state.options.env }, stdio: 'pipe' });
  const ended = once(child, 'close');
  let error = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr.setEncoding('utf8').on('data', (text) => {
      error += text;
      if (error.includes('spreading connections of')) resolve();
    });
    child.once('close', () => reject(new Error(error)));
  });
  const end = async (): Promise<void> => {
    child.kill('SIGINT');
    await ended;
  };
  ends.push(end);
  return end;
}

const spreadSources = (): Promise<() => Promise<void>> =>
  attach('spread-sources', '--sources', SOURCES.join(','), '--to', '127.0.0.1:9000');

async function namespaceBy(args: readonly string[], options: RunOptions = {}): Promise<NamespaceReport> {
  const { namespaces } = await reportBy(args, { env: { ...state.options.env }, ...options });
  return namespaces.find(({ inode }) => inode === currentNamespace().inode) as NamespaceReport;
}

function total(counted: NamespaceReport['counted'], field: 'attempts' | 'refusals'): number {
  return (counted ?? []).reduce((sum, row) => sum + row[field], 0);
}

describe('what a spread counts', () => {
  usesPrivateNamespace();
  usesCgroups('cgroup2');
  usesCgroupClients();
  needsProgram();

  beforeEach(() => {
    setPortRange(40_000, 40_000 + SLOTS - 1);
    writeSysctl('ipv4.tcp_tw_reuse', 0);
    state = newFixState();
    cgroup = makeCgroup('counted');
    to = serve('127.0.0.1', 9000);
  });
  afterEach(async () => {
    for (const end of ends.splice(0)) await end();
  });

  it('is in the report as the client saw it, lane by lane, and is no more when it is taken back', async () => {
    const end = await spreadSources();
    const { pid, taken, refused } = await connectInCgroup(cgroup, to, LANES + 7);
    expect({ taken, refused }).toEqual({ taken: LANES, refused: 7 });
    const { lanes, counted, notes } = await namespaceBy(['status']);
    expect(notes).toEqual([]);
    expect(new Set(lanes.map(({ source }) => source))).toEqual(new Set(SOURCES));
    for (const { source, attempts, refusals } of lanes) {
      const row = { source, destination: '127.0.0.1', port: 9000, attempts, refusals };
      expect(attempts).toBe(SLOTS + (refusals ?? 0));
      expect(counted).toContainEqual({ ...row, since: expect.stringMatching(/Z$/) });
    }
    expect(counted).toHaveLength(SOURCES.length);
    expect([total(counted, 'attempts'), total(counted, 'refusals')]).toEqual([LANES + 7, 7]);
    const elsewhere = createNamespace();
    const reached = inside(elsewhere, () => reportBy(['status', '--netns', `${pid}`], state.options));
    expect((await reached).namespaces[0]?.counted).toEqual(counted);
    // Of others it may say that they could not be looked at.
    const { out } = await fourtuple(['status', '--all', '--json'], state.options);
    const everywhere = readReport(out, 'what --json prints').namespaces;
    expect(everywhere.filter((one) => one.counted !== null).map(({ inode }) => inode)).toEqual([
      currentNamespace().inode,
    ]);
    await end();
    const after = await namespaceBy(['status']);
    expect(after.counted).toBeNull();
    expect(after.lanes.map(({ attempts, refusals }) => [attempts, refusals])).toEqual(SOURCES.map(() => [null, null]));
  });

  it('is told as text: by status in a column and a sentence, by doctor with what helps', async () => {
    await spreadSources();
    const before = await namespaceBy(['status']);
    expect(before.counted).toEqual([]);
    await connectInCgroup(cgroup, to, LANES + 7);
    const sentence =
      /7 connections to 127\.0\.0\.1:9000 from (\d addresses|127\.0\.0\.\d) were refused since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/;
    const status = await fourtuple(['status'], state.options);
    expect(status.out).toMatch(/ FREE +REFUSED /);
    expect(status.out).toMatch(
      /^67 connections tried over spread lanes since .* UTC: 7 refused for want of a port\.$/m,
    );
    const doctor = await fourtuple(['doctor', '--full'], state.options);
    expect(doctor.out.replaceAll(/\s+/g, ' ')).toMatch(sentence);
    const { findings } = await reportBy(['status'], state.options);
    expect(findings.filter(({ code }) => code === 'connects-refused')).toMatchObject([
      { severity: 'warning', summary: expect.stringMatching(sentence), evidence: { refusals: 7, inEmptyLanes: 0 } },
    ]);
  });

  it('is that of each destination where those are spread', async () => {
    serve('127.0.0.1', 9001);
    await attach('spread-destinations', '--from', '127.0.0.1:9000', '--over', '127.0.0.1:9000-9001');
    const { taken, refused } = await connectInCgroup(cgroup, to, 2 * SLOTS + 5);
    expect({ taken, refused }).toEqual({ taken: 2 * SLOTS, refused: 5 });
    const { lanes, counted } = await namespaceBy(['status']);
    expect(counted?.map(({ source }) => source)).toEqual([null, null]);
    expect([total(counted, 'attempts'), total(counted, 'refusals')]).toEqual([2 * SLOTS + 5, 5]);
    // One source alone goes there: the lane's counts are those of its destination.
    for (const { port, attempts, refusals } of lanes)
      expect(counted).toContainEqual(expect.objectContaining({ port, attempts, refusals }));
  });

  it('of a spread whose process was killed is nothing, and no error', async () => {
    const args = [PROGRAM, 'fix', 'spread-sources', '--sources', '127.0.0.2', '--to', '127.0.0.1:9000'];
    const child = spawn(process.execPath, [...args, '--cgroup', cgroup, '--for', '60s', '--apply'], {
      env: { ...process.env, ...state.options.env },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const gone = once(child, 'exit');
    await once(child.stderr, 'data');
    child.kill('SIGKILL');
    await gone;
    expect(readFileSync(join(state.directory, 'journal'), 'utf8')).not.toContain('"closes"');
    expect(await namespaceBy(['status'])).toMatchObject({ counted: null, notes: [] });
    const before = new Date().toISOString();
    const end = await spreadSources();
    await connectInCgroup(cgroup, to, 1);
    const { counted } = await namespaceBy(['status']);
    expect(counted).toMatchObject([{ attempts: 1, refusals: 0 }]);
    expect(`${counted?.[0]?.since}` >= before, 'it is the second one that counts').toBe(true);
    await end();
  });

  it('of a cgroup that is gone is nothing, and no error', async () => {
    await spreadSources();
    rmdirSync(cgroup);
    expect(await namespaceBy(['status'])).toMatchObject({ counted: null, notes: [] });
  });

  describe('without privileges', () => {
    needsNobody();

    it('is not known, and a note says why', async () => {
      await spreadSources();
      await connectInCgroup(cgroup, to, 5);
      chmodSync(dirname(state.directory), 0o755);
      const { counted, lanes, notes } = await namespaceBy(['status'], NOBODY);
      expect(counted).toBeNull();
      expect(lanes.map(({ attempts, refusals }) => ({ attempts, refusals }))).toEqual(
        lanes.map(() => ({ attempts: null, refusals: null })),
      );
      expect(notes).toContainEqual(
        expect.stringMatching(
          /^Attempts and refusals per lane, which entry 1 of the journal counts, are not known: .* eBPF needs root/,
        ),
      );
      chmodSync(state.directory, 0o700);
      const unread = await namespaceBy(['status'], NOBODY);
      expect(unread.counted).toBeNull();
      expect(unread.notes.filter((note) => note.includes('Attempts'))).toEqual([]);
    });
  });

  describe('and what that loads', () => {
    needsPrograms('strace');

    /** The files that `status` opens. */
    async function opened(): Promise<string> {
      const file = join(temporaryFolder(), 'trace');
      const args = ['-f', '-qq', '-e', 'trace=openat', '-o', file, process.execPath, PROGRAM, 'status'];
      expect(await run('strace', args, state.options)).toMatchObject({ code: 0, error: '' });
      return readFileSync(file, 'latin1');
    }

    it('is nothing where no spread is open', async () => {
      const parts = /libbpf|open-spreads|counted-lanes|spread-(?!counts-)|journal-line/;
      expect(await opened()).not.toMatch(parts);
      const end = await spreadSources();
      expect(await opened()).toMatch(/libbpf\.so/);
      await end();
      expect(await opened()).not.toMatch(/libbpf/);
    });
  });
});
