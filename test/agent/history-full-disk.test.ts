import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { hostWith, keepHistory, seriesOf } from '../kit/histories.ts';
import { mountMemory, unmount, unshareMounts } from '../kit/mounts.ts';
import { temporaryFolder } from '../kit/proxies.ts';
import { busyLane, namespaceSample } from '../kit/samples.ts';

const MINUTE = 60_000;
const DISK_BYTES = 2_097_152;

let isPrivate = false;

/** A disk of two megabytes, until the test ends. */
function smallDisk(isReadOnly = false): string {
  const point = join(temporaryFolder(), 'disk');
  mkdirSync(point);
  mountMemory(point, DISK_BYTES, isReadOnly);
  onTestFinished(() => unmount(point));
  return point;
}

/** Takes all the room that is left. */
function fill(disk: string): string {
  const file = join(disk, 'filler');
  for (let bytes = DISK_BYTES; bytes >= 4_096; bytes /= 2) {
    try {
      for (;;) writeFileSync(file, Buffer.alloc(bytes), { flag: 'a' });
    } catch (error) {
      expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC');
    }
  }
  return file;
}

describe('a disk', () => {
  beforeEach(({ skip }) => {
    if (process.getuid?.() !== 0) skip('needs root, to mount a small disk');
    if (!isPrivate) unshareMounts();
    isPrivate = true;
  });

  const many = (index: number) => [namespaceSample(Array.from({ length: 100 }, (_, lane) => busyLane(lane, index)))];

  it('that is full is told once, gone on without, and when there is room again all is well', async () => {
    const disk = smallDisk();
    const { file, store, clock, events, take } = await keepHistory({ file: join(disk, 'history.db') });
    take(20, () => [hostWith(1)]);
    const filler = fill(disk);
    take(300, many);
    expect(events).toEqual([
      {
        kind: 'stopped',
        message: `the history '${file}' is not recorded: the disk is full`,
        hint: expect.stringContaining('Make room'),
      },
    ]);
    expect(store.problem).toContain('the disk is full');
    store.recordFindings(new Date(clock.wallMs).toISOString(), []);
    const recorded = seriesOf(store)[0]?.times.length ?? 0;
    expect(recorded).toBeGreaterThanOrEqual(20);
    rmSync(filler);
    clock.pass(2 * MINUTE);
    take(20, () => [hostWith(2)]);
    expect(events.slice(1)).toMatchObject([
      { kind: 'resumed', message: expect.stringMatching(/recorded again; [\d,]+ samples are missing$/) },
    ]);
    expect(store.problem).toBeNull();
    expect(seriesOf(store, { sinceMs: clock.wallMs - MINUTE })[0]?.timeWait).toEqual(
      Array.from({ length: 20 }, () => 2),
    );
  });

  it('that is full at the beginning is told, and a history begun when there is room', async () => {
    const disk = smallDisk();
    const filler = fill(disk);
    const { store, clock, events, take } = await keepHistory({ file: join(disk, 'state/history.db') });
    take(100, () => [hostWith(1)]);
    expect(events).toMatchObject([{ kind: 'stopped', message: expect.stringContaining('the disk is full') }]);
    rmSync(filler);
    clock.pass(2 * MINUTE);
    take(20, () => [hostWith(2)]);
    expect(events.slice(1)).toMatchObject([{ kind: 'resumed' }]);
    expect(seriesOf(store)[0]?.timeWait).toEqual(Array.from({ length: 20 }, () => 2));
  });

  it('that may only be read is told, and gone on without', async () => {
    const disk = smallDisk(true);
    const { store, events, take } = await keepHistory({ file: join(disk, 'history.db') });
    take(100, () => [hostWith(1)]);
    expect(events).toMatchObject([
      {
        kind: 'stopped',
        message: expect.stringContaining('read-only'),
        hint: expect.stringContaining('--history FILE'),
      },
    ]);
    expect(store.span()).toBeNull();
  });
});
