import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { timeWaitAtServer } from '../kit/closings.ts';
import { hold, type Server, serve } from '../kit/connections.ts';
import { needsPrograms } from '../kit/needs.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { fourtuple, needsProgram, PROGRAM, reportBy, run } from '../kit/program.ts';

const PER_SECOND = 200;

/** Opens connections that the server closes first, at a steady rate, until the program is done. */
async function underLoad<T>(to: Server, program: Promise<T>): Promise<T> {
  let isOver = false;
  const done = program.finally(() => {
    isOver = true;
  });
  const start = performance.now();
  for (let opened = 0; !isOver; await sleep(5)) {
    const due = Math.floor(((performance.now() - start) / 1_000) * PER_SECOND) - opened;
    timeWaitAtServer(due, to);
    opened += due;
  }
  return done;
}

describe('status --watch-closes', () => {
  usesPrivateNamespace();
  needsProgram();

  it('tells how often lanes are opened that the other end closes, also in a text, and nothing to standard error', async () => {
    const to = serve('127.0.0.1', 9000);
    hold(2, to);
    const report = await underLoad(to, reportBy(['status', '--watch-closes', '1s']));
    const rate = report.namespaces[0]?.lanes[0]?.opensPerSecond ?? 0;
    expect(rate / PER_SECOND).toBeGreaterThan(0.9);
    expect(rate / PER_SECOND).toBeLessThan(1.1);
    expect((await reportBy(['status'])).namespaces[0]?.lanes[0]?.opensPerSecond).toBeNull();
    const { code, out, error } = await underLoad(to, fourtuple(['status', '--watch-closes', '500ms']));
    expect({ code, error }).toEqual({ code: 0, error: '' });
    expect(out).toContain('127.0.0.1>127.0.0.1:9000');
  });

  it('ends at once when it is interrupted, without a word', async () => {
    const child = spawn(process.execPath, [PROGRAM, 'status', '--watch-closes', '1m'], { stdio: 'pipe' });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (text) => {
        said += text;
      });
    }
    await sleep(1_500);
    child.kill('SIGINT');
    const [code, signal] = await once(child, 'close');
    expect({ code, signal, said }).toEqual({ code: null, signal: 'SIGINT', said: '' });
  });

  describe('on a terminal', () => {
    needsPrograms('script');

    it('says that it watches', async () => {
      const command = `'${process.execPath}' '${PROGRAM}' status --watch-closes 100ms`;
      const { code, out } = await run('script', ['-qec', command, '/dev/null'], { env: { TERM: 'xterm' } });
      expect(code).toBe(0);
      expect(out).toMatch(/^watching closes for 100 ms…\r?\n/);
    });
  });
});
