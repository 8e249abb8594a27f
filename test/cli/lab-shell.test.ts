import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LeftBehind } from '../kit/left-behind.ts';
import { needsPrograms } from '../kit/needs.ts';
import { needsNobody } from '../kit/nobody.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { needsProgram, PROGRAM } from '../kit/program.ts';

const USER = { uid: 65_534, gid: 65_534 };
const SOON = { timeout: 20_000, interval: 50 };
const CTRL_C = '\u0003';

describe('a shell of a lab', { timeout: 60_000 }, () => {
  usesPrivateNamespace();
  needsProgram();
  needsPrograms('unshare', 'setpriv', 'ip', 'script');

  let traces: LeftBehind;
  beforeEach(() => {
    traces = new LeftBehind();
  });
  afterEach(() => traces.end());

  const SHELL = [process.execPath, PROGRAM, 'lab', 'shell', 'capacity'];

  /** What it says, and ends with. */
  async function type(
    [command = '', ...args]: readonly string[],
    lines: readonly string[],
    { user = {}, env = {} }: { readonly user?: object; readonly env?: NodeJS.ProcessEnv } = {},
  ): Promise<{ code: unknown; out: string }> {
    const child = spawn(command, args, { env: { ...traces.environment, ...env }, cwd: '/', ...user });
    let out = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        out += text;
      });
    }
    const end = once(child, 'close');
    for (const line of lines) {
      // What is typed before a program runs is not for it.
      if (line === CTRL_C) while (!out.includes('slept')) await sleep(20);
      child.stdin.write(line);
    }
    if (!args.includes('-qefc')) child.stdin.end();
    const [code] = await end;
    traces.remember();
    return { code, out };
  }

  it('does what is piped into it, where the ports run out, and ends with what that ends with', async () => {
    const lines = ['ip netns\n', 'ip netns identify\n', 'cat /proc/sys/net/ipv4/ip_local_port_range\n', 'exit 7\n'];
    const { code, out } = await type(SHELL, lines);
    expect(code).toBe(7);
    expect(out).toMatch(/All is gone when this shell ends\.\n/);
    expect(out).toMatch(/\nbound\nlisteners\nreserved\nplain\nplain\n40000\t40999\n$/);
    await expect.poll(() => traces.left(), SOON).toEqual([]);
  });

  it('takes with it what was started there', async () => {
    const lines = [
      'setsid sleep 1000 > /dev/null 2>&1 &\n',
      'touch /dev/shm/file /run/netns/file\n',
      'ip link add x0 type veth\n',
    ];
    expect(await type(SHELL, lines)).toMatchObject({ code: 0 });
    await expect.poll(() => traces.left(), SOON).toEqual([]);
  });

  it('on a terminal leaves Ctrl-C to what runs in it', async () => {
    const lines = ['sh -c "echo sle""pt; exec sleep 1000"\n', CTRL_C, 'echo still "here"\n', 'exit 5\n'];
    const { code, out } = await type(['script', '-qefc', SHELL.join(' '), '/dev/null'], lines);
    expect(out).toContain('fourtuple-lab plain# ');
    expect(out).toContain('still here\r\n');
    expect(code).toBe(5);
    await expect.poll(() => traces.left(), SOON).toEqual([]);
  });

  it('leaves the terminal to the script that has called it', async () => {
    const script = `${SHELL.join(' ')}; read answer; echo "the answer is $answer"`;
    const lines = ['exit\n', 'mine\n'];
    const { code, out } = await type(['script', '-qefc', `sh -c '${script}'`, '/dev/null'], lines);
    expect(out).toContain('the answer is mine\r\n');
    expect(code).toBe(0);
  });

  describe('of a user', () => {
    needsNobody();

    it('needs no root, no home and no shell of their own', async () => {
      const env = { HOME: undefined, SHELL: '/usr/sbin/nologin' };
      const { code, out } = await type(SHELL, ['ip netns exec bound ip netns identify\n'], { user: USER, env });
      expect({ code, last: out.trimEnd().split('\n').at(-1) }).toEqual({ code: 0, last: 'bound' });
      await expect.poll(() => traces.left(), SOON).toEqual([]);
    });
  });
});
