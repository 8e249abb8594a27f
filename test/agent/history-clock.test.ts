import { describe, expect, it } from 'vitest';
import { hostWith, keepHistory, seriesOf } from '../kit/histories.ts';
import { START_MS } from '../kit/samples.ts';

const [SECOND, MINUTE, HOUR, YEAR] = [1_000, 60_000, 3_600_000, 365 * 86_400_000];

/** The slots in TIME_WAIT, row by row, by the seconds since the tests' beginning. */
function rowsOf(store: Parameters<typeof seriesOf>[0], query: Parameters<typeof seriesOf>[1] = {}): [number, number][] {
  return seriesOf(store, query).flatMap(({ times, timeWait }) =>
    times.map((time, row): [number, number] => [time - START_MS / SECOND, timeWait[row] as number]),
  );
}

describe('a clock that is set forward by years', () => {
  it('deletes nothing at once, and nothing that it says is old: what was recorded is kept for as long as samples are taken', async () => {
    const { store, clock, events, take } = await keepHistory();
    take(3 * 60, () => [hostWith(1)], 20 * SECOND);
    const before = clock.wallMs;
    clock.jump(10 * YEAR);
    take(60, () => [hostWith(2)]);
    expect(store.span()).toEqual({ sinceMs: START_MS, untilMs: clock.wallMs - SECOND });
    expect(store.at(before)?.namespaces[0]).toMatchObject({ lanes: [{ states: { TIME_WAIT: 1 } }] });
    expect(events).toMatchObject([{ kind: 'clock', message: expect.stringContaining('set forward') }]);
    clock.jump(-10 * YEAR);
    take(60, () => [hostWith(3)]);
    expect(store.at(clock.wallMs)?.namespaces[0]).toMatchObject({ lanes: [{ states: { TIME_WAIT: 3 } }] });
    expect(store.span()).toEqual({ sinceMs: START_MS, untilMs: clock.wallMs - SECOND });
    expect(rowsOf(store, { sinceMs: before, untilMs: before + HOUR }).map(([, timeWait]) => timeWait)).toEqual(
      Array.from({ length: 60 }, () => 3),
    );
  });

  it('while the agent is stopped, neither', async () => {
    const first = await keepHistory();
    first.take(60, () => [hostWith(1)]);
    first.store.close();
    first.clock.jump(10 * YEAR);
    const next = await keepHistory({ file: first.file, clock: first.clock });
    next.take(300, () => [hostWith(2)]);
    expect(next.store.at(START_MS + 30 * SECOND)?.namespaces[0]).toMatchObject({
      lanes: [{ states: { TIME_WAIT: 1 } }],
    });
  });
});

describe('a clock that is set back', () => {
  it('hides what has yet to come, and replaces it when it comes', async () => {
    const { store, clock, events, take } = await keepHistory();
    take(100, () => [hostWith(1)]);
    clock.jump(-50 * SECOND);
    take(10, () => [hostWith(2)]);
    expect(events).toMatchObject([{ kind: 'clock', message: expect.stringContaining('set back by 50 s') }]);
    expect(store.span()).toEqual({ sinceMs: START_MS, untilMs: clock.wallMs });
    expect(store.at(clock.wallMs - 1)?.namespaces[0]).toMatchObject({ lanes: [{ states: { TIME_WAIT: 2 } }] });
    expect(rowsOf(store)).toEqual([
      ...Array.from({ length: 50 }, (_, second) => [second, 1]),
      ...Array.from({ length: 10 }, (_, second) => [50 + second, 2]),
      [60, 1],
    ]);
    take(90, () => [hostWith(3)]);
    expect(rowsOf(store).slice(50)).toEqual([
      ...Array.from({ length: 10 }, (_, second) => [50 + second, 2]),
      ...Array.from({ length: 90 }, (_, second) => [60 + second, 3]),
    ]);
  });

  it('and forth again for a moment takes nothing away', async () => {
    const { store, clock, take } = await keepHistory();
    take(100, () => [hostWith(1)]);
    const back = clock.wallMs;
    clock.jump(-back);
    take(3, () => [hostWith(9)]);
    clock.jump(back);
    take(3, () => [hostWith(2)]);
    expect(rowsOf(store, { sinceMs: START_MS })).toEqual([
      ...Array.from({ length: 100 }, (_, second) => [second, 1]),
      ...Array.from({ length: 3 }, (_, second) => [103 + second, 2]),
    ]);
  });

  it('into a minute that is recorded already adds to it', async () => {
    const { store, clock, take } = await keepHistory();
    take(90, (index) => [hostWith(index === 20 ? 5_000 : 1)]);
    clock.jump(-50 * SECOND);
    take(20, () => [hostWith(2)]);
    clock.jump(HOUR);
    take(2 * 180, () => [hostWith(3)], 20 * SECOND);
    expect(store.at(START_MS + MINUTE - SECOND)?.namespaces[0]).toMatchObject({
      lanes: [{ states: { TIME_WAIT: 5_000 } }],
    });
  });
});
