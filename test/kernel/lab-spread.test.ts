import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ExperimentReport, LabReport } from '../../src/lab/lab-report.ts';
import { type HeldSpread, holdSpread } from '../../src/linux/spread-program.ts';
import { LeftBehind } from '../kit/left-behind.ts';
import { needsPrograms } from '../kit/needs.ts';
import { NOBODY, needsNobody } from '../kit/nobody.ts';
import { ELSEWHERE, needsSpreads, ownCgroup, programsOfOwnCgroup } from '../kit/own-spread.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { fourtuple, needsProgram, PROGRAM, type Run, run } from '../kit/program.ts';

const NAMES = ['spread-sources', 'spread-destinations'] as const;
const SOON = { timeout: 20_000, interval: 50 };
const WITHOUT_ROOT = 'only root may load eBPF programs';

const lab = (...args: readonly string[]): Promise<Run> => fourtuple(['lab', ...args]);

function reportsOf({ out }: Run): readonly ExperimentReport[] {
  return (JSON.parse(out) as LabReport).experiments;
}

/** What each must have found, to the last slot: lanes of 200 slots, one of them or four. */
function expectFound({ result, reason, findings }: ExperimentReport): void {
  expect({ result, reason }).toEqual({ result: 'agrees', reason: null });
  const measured = findings.map(
    ({ what, measured: figure }) => `${what.replace(/spread over .*$/, 'spread')}: ${figure}`,
  );
  expect(measured).toEqual([
    'served before the first one fails: as it is: 200',
    'connect() that found no port then: 20',
    'served in all before it fails again: spread: 800',
    'connect() that found no port after that: 20',
    'used slots, spread: 800',
    'lanes that are full then: 4',
    'processes that have listened for its clients: 1',
    'lanes that another proxy takes: 4',
    'opened on its own lane when it is detached: 20',
    'opened on the other lanes then: 0',
  ]);
}

describe('the lab of spreads', { timeout: 90_000 }, () => {
  usesPrivateNamespace();
  needsProgram();
  needsPrograms('unshare', 'setpriv', 'ip', 'ss', 'haproxy');

  describe('as root', () => {
    needsSpreads();

    let before: readonly string[];
    let traces: LeftBehind;
    let another: HeldSpread | null;
    beforeEach(() => {
      before = programsOfOwnCgroup();
      traces = new LeftBehind();
      another = null;
    });
    afterEach(() => {
      another?.detach();
      traces.end();
    });

    it('agrees to the last slot, side by side and with another lab, and leaves nothing attached', async () => {
      const runs = await Promise.all([lab('run', ...NAMES, '--json'), lab('run', 'spread-sources', '--json')]);
      const reports = runs.flatMap(reportsOf);
      expect(reports.map(({ name }) => name)).toEqual([...NAMES, 'spread-sources']);
      for (const report of reports) expectFound(report);
      await expect.poll(programsOfOwnCgroup, SOON).toEqual(before);
    });

    it('leaves what is attached to its cgroup already', async () => {
      another = holdSpread(ELSEWHERE, ownCgroup(), 0n);
      const attached = programsOfOwnCgroup();
      expect(attached).toEqual(expect.arrayContaining([expect.stringMatching(/^connect4 ft_src_connect4 /)]));
      const [report] = reportsOf(await lab('run', 'spread-destinations', '--json'));
      expectFound(report as ExperimentReport);
      await expect.poll(programsOfOwnCgroup, SOON).toEqual(attached);
    });

    it('is skipped where no cgroup of version 2 is mounted', async () => {
      const script = 'umount --all --types cgroup2 && exec "$0" "$@"';
      const command = [process.execPath, PROGRAM, 'lab', 'run', 'spread-sources'];
      const { code, error } = await run('unshare', ['--mount', 'sh', '-c', script, ...command]);
      const reason = 'no cgroup file system of version 2 is mounted';
      expect({ code, error }).toEqual({ code: 1, error: expect.stringContaining(`cannot run here: ${reason}`) });
    });

    it.each(NAMES)('%s, killed with its programs attached, leaves nothing', async (name) => {
      const child = start(name);
      const end = once(child, 'exit');
      while (programsOfOwnCgroup().length === before.length) await sleep(20);
      traces.remember();
      expect(child.kill('SIGKILL')).toBe(true);
      expect(await end).toEqual([null, 'SIGKILL']);
      await expect.poll(programsOfOwnCgroup, SOON).toEqual(before);
      await expect.poll(() => traces.left(), SOON).toEqual([]);
    });

    function start(name: string): ChildProcess {
      const options = { env: traces.environment, cwd: '/', stdio: 'ignore' } as const;
      return spawn(process.execPath, [PROGRAM, 'lab', 'run', name], options);
    }
  });

  describe('as a user', () => {
    needsNobody();

    it('says that it needs root, before anything and when it is asked to run', async () => {
      const list = JSON.parse((await fourtuple(['lab', '--json'], NOBODY)).out);
      expect(list.experiments).toEqual(
        expect.arrayContaining(NAMES.map((name) => expect.objectContaining({ name, reason: WITHOUT_ROOT }))),
      );
      const { code, error } = await fourtuple(['lab', 'run', ...NAMES], NOBODY);
      expect(code).toBe(1);
      for (const name of NAMES) expect(error).toMatch(new RegExp(`^– ${name} +cannot run here: ${WITHOUT_ROOT}$`, 'm'));
    });
  });
});
