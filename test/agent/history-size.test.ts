import { statSync } from 'node:fs';
import { join } from 'node:path';
import Libsql from 'libsql';
import { describe, expect, it } from 'vitest';
import type { NamespaceSample } from '../../src/agent/sample.ts';
import { hostWith, keepHistory, seriesOf } from '../kit/histories.ts';
import { temporaryFolder } from '../kit/proxies.ts';
import { busyLane, namespaceSample } from '../kit/samples.ts';

const [MOST_BYTES, MINUTE] = [4_194_304, 60_000];

function bytesOf(file: string): number {
  return ['', '-wal', '-shm'].reduce(
    (sum, end) => sum + (statSync(file + end, { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}

describe('the size of a history', () => {
  const host = (first: number, count: number): NamespaceSample =>
    namespaceSample(Array.from({ length: count }, (_, lane) => busyLane(first + lane, 100)));
  const same = host(0, 800);

  it.each<[string, (index: number) => NamespaceSample]>([
    ['of always the same lanes', () => same],
    ['of lanes that are others each time', (index) => host(300 * index, 300)],
  ])('%s is never more than it may be: the oldest goes first', async (_, hostAt) => {
    const { file, store, clock, events, take } = await keepHistory({ mostBytes: MOST_BYTES });
    const samples = 160;
    let largest = 0;
    for (let index = 0; index < samples; index += 1) {
      take(1, () => [hostAt(index)], 5_000);
      largest = Math.max(largest, bytesOf(file));
    }
    expect(largest).toBeLessThanOrEqual(MOST_BYTES);
    expect(events).toEqual([]);
    const { sinceMs = 0, untilMs = 0 } = store.span() ?? {};
    expect(untilMs).toBe(clock.wallMs - 5_000);
    expect(untilMs - sinceMs).toBeGreaterThan(MINUTE);
    // Without a limit all of it would be there.
    expect(untilMs - sinceMs).toBeLessThan((samples - 12) * 5_000);
    expect(seriesOf(store, { sinceMs: untilMs - MINUTE / 2 })[0]?.times.length).toBeGreaterThan(0);
  });

  it('is brought down where less is allowed than before, a little with each sample', async () => {
    const lanes = Array.from({ length: 250 }, (_, lane) => busyLane(lane, 100));
    const large = await keepHistory({ mostBytes: 4 * MOST_BYTES });
    large.take(1_000, () => [namespaceSample(lanes)], 1_000);
    large.store.close();
    const before = statSync(large.file).size;
    expect(before).toBeGreaterThan(1.5 * MOST_BYTES);
    const { file, store, clock, events, take } = await keepHistory({ ...large, mostBytes: MOST_BYTES });
    take(120, () => [namespaceSample(lanes)]);
    store.close();
    expect(statSync(file).size).toBeLessThanOrEqual(MOST_BYTES);
    expect(events).toEqual([]);
    const next = await keepHistory({ file, clock });
    expect(next.store.span()?.untilMs).toBe(clock.wallMs - 1_000);
  });

  it('does not grow while another program reads it for ever: that is told, and gone on when it ends', async () => {
    const { file, store, clock, events, take } = await keepHistory({
      file: join(temporaryFolder(), 'history.db'),
      mostBytes: MOST_BYTES,
    });
    take(10, () => [hostWith(1)]);
    const shell = new Libsql(file);
    shell.exec('BEGIN');
    shell.prepare('SELECT count(*) FROM second').all();
    const lanes = Array.from({ length: 300 }, (_, lane) => busyLane(lane, 100));
    let largest = 0;
    for (let index = 0; index < 200; index += 1) {
      take(1, () => [namespaceSample(lanes)]);
      largest = Math.max(largest, bytesOf(file));
    }
    expect(largest).toBeLessThanOrEqual(MOST_BYTES);
    expect(events).toMatchObject([
      { kind: 'stopped', message: expect.stringContaining('another program reads it for too long') },
    ]);
    shell.exec('COMMIT');
    clock.pass(2 * MINUTE);
    take(10, () => [hostWith(2)]);
    expect(events.slice(1)).toMatchObject([{ kind: 'resumed' }]);
    expect(store.problem).toBeNull();
  });
});
