import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import Libsql from 'libsql';
import { describe, expect, it } from 'vitest';
import { openHistoryReader } from '../../src/agent/history/open-reader.ts';
import { FourtupleError } from '../../src/tcp/error.ts';
import { hostWith, keepHistory, seriesOf } from '../kit/histories.ts';
import { temporaryFolder } from '../kit/proxies.ts';

const MINUTE = 60_000;

/** A database that these statements make. */
function databaseOf(sql: string): string {
  const file = join(temporaryFolder(), 'history.db');
  const database = new Libsql(file);
  database.exec(sql);
  database.close();
  return file;
}

describe('where the history should be', () => {
  it.each([
    ['garbage', 'garbage\n'.repeat(2_000)],
    ['half a page', 'SQLite format 3\0half'],
  ])('%s is moved aside, and a new one begun', async (_, text) => {
    const folder = temporaryFolder();
    const file = join(folder, 'history.db');
    writeFileSync(file, text);
    const { store, events, take } = await keepHistory({ file });
    expect(events).toMatchObject([{ kind: 'moved-aside', message: expect.stringContaining('history.db.damaged-') }]);
    take(3, () => [hostWith(1)]);
    expect(seriesOf(store)[0]?.times).toHaveLength(3);
    const aside = readdirSync(folder).find((name) => name.startsWith('history.db.damaged-')) as string;
    expect(readFileSync(join(folder, aside), 'utf8')).toBe(text);
  });

  it('of several that are damaged only the last is kept', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'history.db');
    for (const text of ['one', 'two']) {
      writeFileSync(file, text.repeat(2_000));
      const { store } = await keepHistory({ file });
      store.close();
    }
    const aside = readdirSync(folder).filter((name) => name.includes('damaged'));
    expect(aside).toHaveLength(1);
    expect(readFileSync(join(folder, aside[0] as string), 'utf8')).toBe('two'.repeat(2_000));
  });

  it.each([
    [
      "another program's database",
      'CREATE TABLE theirs (a); INSERT INTO theirs VALUES (1)',
      "another program's database",
    ],
    [
      "another program's, that says whose",
      'PRAGMA application_id = 1; CREATE TABLE theirs (a)',
      "another program's database",
    ],
    [
      'one of a newer version',
      'PRAGMA application_id = 0x34747570; PRAGMA user_version = 2; CREATE TABLE a (a)',
      'by a newer fourtuple',
    ],
  ])('%s is left as it is, told, and gone on without', async (_, sql, reason) => {
    const file = databaseOf(sql);
    const before = readFileSync(file);
    const { store, events, take } = await keepHistory({ file });
    take(20, () => [hostWith(1)]);
    store.recordFindings('2026-11-20T12:00:00Z', []);
    expect(events).toMatchObject([
      { kind: 'stopped', message: expect.stringContaining(reason), hint: expect.stringContaining('left as it is') },
    ]);
    expect(store.problem).toContain(reason);
    expect([store.span(), store.at(Date.now()), seriesOf(store)]).toEqual([null, null, []]);
    store.close();
    expect(readFileSync(file)).toEqual(before);
    await expect(openHistoryReader(file)).rejects.toThrow(reason);
  });

  it('a directory is no file, and is told', async () => {
    const file = temporaryFolder();
    const { events } = await keepHistory({ file });
    expect(events).toMatchObject([{ kind: 'stopped', message: expect.stringContaining('is no file') }]);
  });

  it('a place that takes no files is told, and tried again', async () => {
    const folder = join(temporaryFolder(), 'state');
    writeFileSync(folder, 'a file where the directory should be');
    const { store, clock, events, take } = await keepHistory({ file: join(folder, 'history.db') });
    take(3, () => [hostWith(1)]);
    expect(events).toMatchObject([{ kind: 'stopped' }]);
    rmSync(folder);
    clock.pass(2 * MINUTE);
    take(3, () => [hostWith(1)]);
    expect(events.slice(1)).toMatchObject([
      { kind: 'resumed', message: expect.stringContaining('3 samples are missing') },
    ]);
    expect(store.problem).toBeNull();
    expect(seriesOf(store)[0]?.times).toHaveLength(3);
  });

  it("another agent's is left to it, until that ends", async () => {
    const first = await keepHistory();
    first.take(3, () => [hostWith(1)]);
    const second = await keepHistory({ file: first.file, clock: first.clock });
    second.take(3, () => [hostWith(2)]);
    expect(second.events).toMatchObject([
      {
        kind: 'stopped',
        message: expect.stringContaining(`another agent (process ${process.pid})`),
        hint: expect.stringContaining('--history'),
      },
    ]);
    first.take(3, () => [hostWith(1)]);
    expect(seriesOf(first.store)[0]?.timeWait).toEqual([1, 1, 1, 1, 1, 1]);
    first.store.close();
    first.clock.pass(2 * MINUTE);
    second.take(3, () => [hostWith(3)]);
    expect(second.events.slice(1)).toMatchObject([{ kind: 'resumed' }]);
    expect(seriesOf(second.store)[0]?.timeWait).toEqual([1, 1, 1, 1, 1, 1, 3, 3, 3]);
  });

  it('one that is deleted while it is written is made anew', async () => {
    const { file, store, clock, events, take } = await keepHistory();
    take(3, () => [hostWith(1)]);
    for (const name of readdirSync(dirname(file))) {
      if (!name.endsWith('.lock')) rmSync(join(dirname(file), name));
    }
    clock.pass(2 * MINUTE);
    take(4, () => [hostWith(2)]);
    expect(events).toMatchObject([{ kind: 'moved-aside', message: expect.stringContaining('was deleted') }]);
    expect(seriesOf(store)[0]?.timeWait).toEqual([2, 2, 2, 2]);
    expect(existsSync(file)).toBe(true);
  });

  it('one that is damaged within is moved aside when that is found', async () => {
    const first = await keepHistory();
    first.take(500, (index) => [hostWith(index)]);
    first.store.close();
    const bytes = readFileSync(first.file);
    bytes.fill(0x5a, 4_096);
    writeFileSync(first.file, bytes);
    const { store, clock, events, take } = await keepHistory({ file: first.file, clock: first.clock });
    take(5, () => [hostWith(2)]);
    clock.pass(2 * MINUTE);
    take(5, () => [hostWith(2)]);
    expect(events.map(({ kind }) => kind)).toContain('moved-aside');
    expect(store.problem).toBeNull();
    expect(seriesOf(store)[0]?.timeWait.length).toBeGreaterThanOrEqual(5);
    const aside = readdirSync(dirname(first.file)).filter((name) => /\.damaged-\w+$/.test(name));
    expect(aside).toHaveLength(1);
  });
});

describe('a history that is asked for', () => {
  it.each<[string, () => string, string, string]>([
    [
      'where there is none',
      () => join(temporaryFolder(), 'history.db'),
      'there is no history',
      'fourtuple agent records one',
    ],
    ['below a file', () => join(import.meta.filename, 'history.db'), 'there is no history', '--history FILE'],
    ['that is a directory', () => temporaryFolder(), 'is no file', '--history FILE'],
    ['that is empty', () => databaseOf(''), 'is empty', 'fourtuple agent records one'],
  ])('%s is told, and what to do', async (_, file, message, hint) => {
    const error = await openHistoryReader(file()).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(FourtupleError);
    expect(error).toMatchObject({ message: expect.stringContaining(message), hint: expect.stringContaining(hint) });
  });

  it('that is garbage is told, and left as it is', async () => {
    const file = join(temporaryFolder(), 'history.db');
    writeFileSync(file, 'garbage\n'.repeat(2_000));
    await expect(openHistoryReader(file)).rejects.toThrow('is damaged, or no history');
    expect(readdirSync(dirname(file))).toEqual(['history.db']);
  });

  it('may have any name', async () => {
    const { file, clock, take } = await keepHistory({ file: join(temporaryFolder(), "a b%20#?'&.db") });
    clock.wallMs = Date.now() - MINUTE;
    take(3, () => [hostWith(1)]);
    const reader = await openHistoryReader(file);
    expect(seriesOf(reader)[0]?.times).toHaveLength(3);
    reader.close();
    expect(readdirSync(dirname(file)).sort()).toEqual(
      ['', '-shm', '-wal', '.lock'].map((end) => basename(file) + end).sort(),
    );
  });

  it('is readable by the group of the agent, and by nobody else', async () => {
    const folder = join(temporaryFolder(), 'state');
    mkdirSync(folder);
    chmodSync(folder, 0o755);
    const { file, take } = await keepHistory({ file: join(folder, 'history.db') });
    take(1, () => [hostWith(1)]);
    for (const name of [file, `${file}-wal`, `${file}-shm`])
      expect((statSync(name).mode & 0o777).toString(8)).toBe('640');
  });
});
