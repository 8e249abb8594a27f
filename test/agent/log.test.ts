import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AgentLog, isJournal } from '../../src/agent/log/agent-log.ts';
import { writeUnblocked } from '../../src/linux/write-unblocked.ts';
import { type NativePair, nativePipe, nativeSocketPair } from '../kit/native-pair.ts';

const FORMAT = { format: 'json', isJournal: false } as const;
const MOST_LINES = 100_000;

function logTo(fd: number): AgentLog {
  return new AgentLog({ ...FORMAT, write: (line) => writeUnblocked(fd, Buffer.from(line)) === 'written' });
}

function tell(log: AgentLog, number: number): void {
  log.log({ level: 'info', event: 'a', subject: `${number}`, message: 'x'.repeat(500) });
}

/** What is there to be read, as lines. */
function readLines(fd: number): { event: string; subject?: string; fields?: { lost: number } }[] {
  const bytes = Buffer.alloc(8 << 20);
  const text = bytes.toString('utf8', 0, readSync(fd, bytes));
  expect(text.endsWith('\n')).toBe(true);
  return text
    .slice(0, -1)
    .split('\n')
    .map((line) => JSON.parse(line));
}

describe.each<[string, () => NativePair]>([
  ['a pipe', nativePipe],
  ['a socket, as the journal has', nativeSocketPair],
])('the log on %s', (_, make) => {
  it('goes on where nobody reads, loses whole lines, and says how many when somebody reads again', () => {
    const { reader, writer } = make();
    const log = logTo(writer);
    let told = 0;
    while (writeUnblocked(writer, Buffer.from('{}\n')) === 'written' && told < MOST_LINES) told += 1;
    expect(told).toBeLessThan(MOST_LINES);
    for (let number = 1; number <= 20; number += 1) tell(log, number);

    const bytes = Buffer.alloc(8 << 20);
    let drained = 0;
    while (drained < told * 3) drained += readSync(reader, bytes);
    expect(drained).toBe(told * 3);
    tell(log, 21);
    expect(readLines(reader)).toMatchObject([
      { event: 'log-lost', fields: { lost: 20 } },
      { event: 'a', subject: '21' },
    ]);
    closeSync(reader);
    closeSync(writer);
  });

  it('goes on where nobody will ever read', () => {
    const { reader, writer } = make();
    closeSync(reader);
    const log = logTo(writer);
    expect(() => tell(log, 1)).not.toThrow();
    expect(writeUnblocked(writer, Buffer.from('a\n'))).toBe('failed');
    closeSync(writer);
    expect(writeUnblocked(writer, Buffer.from('a\n'))).toBe('failed');
    expect(() => tell(log, 2)).not.toThrow();
  });

  it('tells at its end what it has held back', () => {
    const { reader, writer } = make();
    const log = logTo(writer);
    for (const number of [1, 1, 1]) tell(log, number);
    log.close();
    expect(readLines(reader)).toMatchObject([{ event: 'a' }, { event: 'a', fields: { repeated: 2 } }]);
    closeSync(reader);
    closeSync(writer);
  });
});

describe('the log in a file', () => {
  it('is appended to, and a full disk is no end of it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'fourtuple-log-'));
    const file = openSync(join(folder, 'log'), 'w');
    const log = logTo(file);
    tell(log, 1);
    tell(log, 2);
    closeSync(file);
    expect(readFileSync(join(folder, 'log'), 'utf8').split('\n')).toHaveLength(3);
    rmSync(folder, { recursive: true });

    const full = openSync('/dev/full', 'w');
    expect(writeUnblocked(full, Buffer.from('a\n'))).toBe('failed');
    closeSync(full);
  });

  it('is the journal where systemd says so of the very same file', () => {
    const { reader, writer } = nativeSocketPair();
    const { dev, ino } = statSync(`/proc/self/fd/${writer}`);
    expect(isJournal(writer, `${dev}:${ino}`)).toBe(true);
    for (const stream of [undefined, '', `${dev}:${ino + 1}`, `${dev}`, 'a:b']) {
      expect(isJournal(writer, stream), stream).toBe(false);
    }
    expect(isJournal(-1, '8:1')).toBe(false);
    closeSync(reader);
    closeSync(writer);
  });
});
