import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Libsql from 'libsql';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openHistoryReader } from '../../src/agent/history/open-reader.ts';
import { seriesOf } from '../kit/histories.ts';
import { needsProgram } from '../kit/program.ts';
import { temporaryFolder } from '../kit/proxies.ts';

const WRITER = fileURLToPath(new URL('../kit/history-writer.mjs', import.meta.url));
const KILLS = 4;

/** Has a process write, and kills it when it has told of so many samples. @returns the last that it told of */
async function writeUntilKilled(file: string, samples: number): Promise<{ atMs: number; count: number }> {
  const child = spawn(process.execPath, [WRITER, file], { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let [out, error] = ['', ''];
  child.stderr.setEncoding('utf8').on('data', (text) => {
    error += text;
  });
  child.stdout.setEncoding('utf8').on('data', (text) => {
    out += text;
    if (out.split('\n').length > samples) child.kill('SIGKILL');
  });
  await once(child, 'close');
  expect(error).toBe('');
  const [atMs, count] = (out.trimEnd().split('\n').at(-1) ?? '').split(' ').map(Number);
  return { atMs: atMs as number, count: count as number };
}

describe('an agent that is killed', () => {
  needsProgram();

  // Now while it makes the file, now while it writes, now while it brings the -wal to the file.
  it.each([1, 30, 150])('after %i samples loses none of them: the history is whole, and goes on', async (samples) => {
    const file = join(temporaryFolder(), 'history.db');
    for (let kill = 0; kill < KILLS; kill += 1) {
      const { atMs, count } = await writeUntilKilled(file, samples);
      const reader = await openHistoryReader(file);
      const { sinceMs = 0, untilMs = 0 } = reader.span() ?? {};
      expect(untilMs).toBeGreaterThanOrEqual(atMs);
      expect(sinceMs).toBeLessThanOrEqual(atMs);
      const [lane] = seriesOf(reader, { sinceMs: atMs, untilMs: atMs });
      // Several may have been taken within one millisecond.
      expect(lane?.timeWait[0]).toBeGreaterThanOrEqual(count);
      reader.close();
      const database = new Libsql(file);
      expect(database.prepare('PRAGMA integrity_check').raw().get()).toEqual(['ok']);
      database.close();
    }
  });
});
