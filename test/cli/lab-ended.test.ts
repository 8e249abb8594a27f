import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BROKEN_IP, brokenIp } from '../kit/broken-ip.ts';
import { LeftBehind } from '../kit/left-behind.ts';
import { needsPrograms } from '../kit/needs.ts';
import { needsNobody } from '../kit/nobody.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { needsProgram, PROGRAM } from '../kit/program.ts';

/** It takes seconds to fill one lane of the machine's own range. */
const LONG = [process.execPath, PROGRAM, 'lab', 'run', 'capacity', '--full'];
const SHORT = [process.execPath, PROGRAM, 'lab', 'run', 'capacity'];
const USER = { uid: 65_534, gid: 65_534 };
/** What a container's or another test's end may take of the machine. */
const SOON = { timeout: 20_000, interval: 50 };

describe('a lab that is ended', { timeout: 60_000 }, () => {
  usesPrivateNamespace();
  needsProgram();
  needsPrograms('unshare', 'setpriv', 'ip');

  let traces: LeftBehind;
  let error: string;
  let out: string;
  beforeEach(() => {
    traces = new LeftBehind();
    error = '';
    out = '';
  });
  afterEach(() => traces.end());

  function start([command = '', ...args]: readonly string[], options: object = {}): ChildProcess {
    const child = spawn(command, args, { env: traces.environment, cwd: '/', stdio: 'pipe', ...options });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      error += text;
    });
    child.stdout.setEncoding('utf8').on('data', (text) => {
      out += text;
    });
    return child;
  }

  /** Once the hosts are there: the experiment is in the middle of it. */
  async function untilBusy(): Promise<void> {
    while (traces.remember() < 4) await sleep(20);
    await sleep(200);
    traces.remember();
  }

  async function expectNothingLeft(): Promise<void> {
    await expect.poll(() => traces.left(), SOON).toEqual([]);
  }

  it('is not begun where it would be on the machine itself', async () => {
    // Were it not refused, at least this machine would not see what is mounted.
    const inside = ['unshare', '--mount', process.execPath, PROGRAM, 'lab', 'inside', 'capacity', '40000-40999'];
    const child = start(inside);
    await once(child, 'close');
    expect(out).toContain('experiments run in namespaces of their own');
    expect(out).not.toContain('"kind":"predicted"');
  });

  it('in good time leaves nothing', async () => {
    const child = start(SHORT);
    const end = once(child, 'close');
    while (traces.remember() < 4) await sleep(5);
    // Else nothing here would find anything.
    expect(traces.left()).not.toEqual([]);
    expect(await end).toEqual([0, null]);
    await expectNothingLeft();
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('by %s says so, and leaves nothing', async (signal, code) => {
    const child = start(LONG);
    const end = once(child, 'close');
    await untilBusy();
    child.kill(signal);
    expect(await end).toEqual([code, null]);
    expect({ out, error }).toEqual({
      ...{ out: '', error: 'The experiments were ended before their time, and nothing is left of them.\n' },
    });
    // Its processes were gone before it was.
    expect(traces.processes()).toEqual([]);
    await expectNothingLeft();
  });

  it('by SIGKILL leaves nothing', async () => {
    const child = start(LONG);
    const end = once(child, 'exit');
    await untilBusy();
    child.kill('SIGKILL');
    expect(await end).toEqual([null, 'SIGKILL']);
    await expectNothingLeft();
  });

  it('because an experiment breaks off leaves nothing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fourtuple-ip-'));
    try {
      const child = start(SHORT, { env: { ...traces.environment, PATH: brokenIp(folder, 'bound') } });
      const end = once(child, 'close');
      while (traces.remember() === 0) await sleep(5);
      expect(await end).toEqual([1, null]);
      expect(error).toContain(`broke off: ip address add 10.9.9.1/32 dev lo on bound: ${BROKEN_IP}`);
      await expectNothingLeft();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('because an experiment is killed says so, and leaves nothing', async () => {
    const child = start(LONG);
    const end = once(child, 'close');
    await untilBusy();
    for (const pid of traces.processes()) if (Number(pid) !== child.pid) process.kill(Number(pid), 'SIGKILL');
    expect(await end).toEqual([1, null]);
    expect(error).toBe('✗ capacity  broke off: its process was ended by SIGKILL\n');
    await expectNothingLeft();
  });

  describe('on a terminal', () => {
    needsPrograms('script');

    it('by Ctrl-C clears its lines, says so, and leaves nothing', async () => {
      const child = start(['script', '-qefc', LONG.join(' '), '/dev/null']);
      const end = once(child, 'close');
      await untilBusy();
      child.stdin?.write('\u0003');
      expect(await end).toEqual([130, null]);
      expect(out.replaceAll('\u001b', '<')).toMatch(
        /\r<\[1A<\[JThe experiments were ended before their time, and nothing is left of them\.\r\n$/,
      );
      expect(out).not.toContain('broke off');
      await expectNothingLeft();
    });

    it('with it leaves nothing', async () => {
      const child = start(['script', '-qefc', LONG.join(' '), '/dev/null']);
      await untilBusy();
      child.kill('SIGKILL');
      await expectNothingLeft();
    });
  });

  describe('by a user', () => {
    needsNobody();

    it.each(['SIGINT', 'SIGKILL'] as const)('by %s leaves nothing', async (signal) => {
      const child = start(LONG, USER);
      const end = once(child, 'exit');
      await untilBusy();
      child.kill(signal);
      await end;
      await expectNothingLeft();
    });
  });
});
