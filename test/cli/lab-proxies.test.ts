import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LeftBehind } from '../kit/left-behind.ts';
import { needsPrograms } from '../kit/needs.ts';
import { needsNobody } from '../kit/nobody.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { needsProgram, PROGRAM } from '../kit/program.ts';

const LAB = [PROGRAM, 'lab'];
const USER = { uid: 65_534, gid: 65_534 };
const SOON = { timeout: 20_000, interval: 50 };
const URL = 'http://10.77.2.1:8080/';

/** Of a set-up: 4 clients, 2 backends, a switch and the proxy. */
const HOSTS = 8;

const TYPED = [
  ...[1, 4].map((client) => `ip netns exec client-${client} curl -sS ${URL}`),
  `curl -sS ${URL}`,
  // What is closed is not closed at once.
  `until [ "$(ss -Htan state time-wait dport = :9000 | wc -l)" = 3 ]; do sleep 0.1; done`,
  'exit 3',
];

const PROGRAMS = [
  { experiment: 'proxy-haproxy', program: 'haproxy', needs: ['haproxy'] },
  { experiment: 'proxy-nginx', program: 'nginx', needs: ['nginx'] },
  { experiment: 'proxy-relay', program: 'relay', needs: [] },
];

describe.each(PROGRAMS)('$experiment', { timeout: 60_000 }, ({ experiment, program, needs }) => {
  usesPrivateNamespace();
  needsProgram();
  needsPrograms('unshare', 'setpriv', 'ip', 'ss', 'curl', ...needs);

  let traces: LeftBehind;
  beforeEach(() => {
    traces = new LeftBehind();
  });
  afterEach(() => traces.end());

  function start(args: readonly string[], user: object = {}): ChildProcess {
    return spawn(process.execPath, [...LAB, ...args], { env: traces.environment, cwd: '/', ...user });
  }

  async function expectShell(user: object): Promise<void> {
    const shell = start(['shell', experiment], user);
    let out = '';
    shell.stdout?.setEncoding('utf8').on('data', (text) => {
      out += text;
    });
    const end = once(shell, 'close');
    while (!traces.runs(program)) await sleep(20);
    traces.remember();
    shell.stdin?.end(`${TYPED.join('\n')}\n`);
    expect(await end).toEqual([3, null]);
    expect(out).toBe('backend-1 has answered\nbackend-2 has answered\nbackend-1 has answered\n');
    await expect.poll(() => traces.left(), SOON).toEqual([]);
  }

  async function expectNothingAfterKill(user: object): Promise<void> {
    const lab = start(['run', experiment], user);
    const end = once(lab, 'exit');
    while (traces.remember() < HOSTS || !traces.runs(program)) await sleep(20);
    expect(lab.kill('SIGKILL')).toBe(true);
    await end;
    await expect.poll(() => traces.left(), SOON).toEqual([]);
  }

  it('is a shell between clients and backends that are there, and leaves nothing', () => expectShell({}));
  it('ends with the program that has started it', () => expectNothingAfterKill({}));

  describe('of a user', () => {
    needsNobody();

    it('is a shell between clients and backends that are there, and leaves nothing', () => expectShell(USER));
    it('ends with the program that has started it', () => expectNothingAfterKill(USER));
  });
});
