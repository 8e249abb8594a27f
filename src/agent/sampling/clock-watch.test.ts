import { describe, expect, it } from 'vitest';
import { ClockWatch } from './clock-watch.ts';

describe('the watch over the clock', () => {
  const time = { wall: 1_000_000, steady: 0 };
  const watch = new ClockWatch(
    () => time.wall,
    () => time.steady,
  );
  const pass = (steady: number, wall: number): ReturnType<ClockWatch['look']> => {
    time.steady += steady;
    time.wall += wall;
    return watch.look();
  };

  it('says nothing while both clocks agree, within a drift', () => {
    expect(pass(1_000, 1_000)).toBeNull();
    expect(pass(60_000, 60_500)).toBeNull();
  });

  it('tells once that it was set, and which way', () => {
    expect(pass(1_000, 3_601_000)).toMatchObject({ event: 'clock-jumped', fields: { seconds: 3_600 } });
    expect(pass(1_000, 1_000)).toBeNull();
    expect(pass(1_000, -86_399_000)?.message).toContain('back by 86400 s');
  });
});
