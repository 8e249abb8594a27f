import { describe, expect, it } from 'vitest';
import { idleLane, recycledLane, recycleSummary, refusedLane } from '../../../test/kit/recycled.ts';
import { describeRefusal, describeStart, renderProgress } from './recycle-progress.ts';
import type { Screen } from './screen.ts';

const lane = recycledLane({ port: 6379, used: 14_020, opensPerSecond: 9_120, released: 41_000 });
const progress = recycleSummary([lane], { seconds: 10 });
const screen = (width: number, unicode = true): Screen => ({ width, colour: false, unicode });

describe('the progress of recycling', () => {
  it('begins with what is done, and how it ends', () => {
    expect(describeStart(progress, Number.POSITIVE_INFINITY)).toBe(
      'holding 10.0.0.5>10.0.1.9:6379 below 14,115 used slots, TIME_WAIT older than 1 s; Ctrl-C ends it',
    );
    const several = recycleSummary([lane, refusedLane(), lane, lane]);
    expect(describeStart(several, 600)).toBe(
      'holding 10.0.0.5>10.0.1.9:6379 below 14,115 used slots, and 2 more lanes below theirs, TIME_WAIT older than 1 s; for 10 min 0 s, Ctrl-C ends it sooner',
    );
  });

  it('begins with all old slots where the threshold is none', () => {
    const all = recycledLane({ threshold: 0 });
    expect(describeStart(recycleSummary([all, all]), Number.POSITIVE_INFINITY)).toBe(
      'releasing every old slot of 10.0.0.5>10.0.1.9:8080, and 1 more lane, TIME_WAIT older than 1 s; Ctrl-C ends it',
    );
  });

  it('begins without the age that is not known yet', () => {
    expect(describeStart(recycleSummary([idleLane()]), Number.POSITIVE_INFINITY)).toBe(
      'holding 10.0.0.5>10.0.1.8:8080 below 14,115 used slots, old TIME_WAIT only; Ctrl-C ends it',
    );
  });

  it('begins with waiting where there is no lane, or none that may be held', () => {
    expect(describeStart(recycleSummary([]), 90)).toBe(
      'waiting for lanes to hold: none matches yet; for 90 s, Ctrl-C ends it sooner',
    );
    expect(describeStart(recycleSummary([refusedLane()]), 90)).toContain('none may be');
    expect(describeRefusal(refusedLane())).toMatch(
      /^leaving 10\.0\.0\.5>203\.0\.113\.9:443 alone: public network, .* \(--force holds it all the same\)$/,
    );
  });

  it('has the fullest lane, and what was released', () => {
    expect(renderProgress(progress, screen(200))).toBe(
      '10.0.0.5>10.0.1.9:6379 14,020 of 28,232 used, threshold 14,115; 9,120 opens/s; released 41,000, 4,100/s',
    );
    expect(renderProgress(recycleSummary([lane, lane, lane, lane], { seconds: 10 }), screen(200))).toMatch(
      /; and 3 more$/,
    );
    expect(renderProgress(recycleSummary([refusedLane()]), screen(200))).toContain(
      ' 28,232 of 28,232 used, left alone; ',
    );
    expect(renderProgress(recycleSummary([], { seconds: 0 }), screen(200))).toBe('no lane; released 0');
  });

  it('never reaches the last column, and leaves out first what was said at the start', () => {
    expect(renderProgress(progress, screen(100))).toBe(
      '10.0.0.5>10.0.1.9:6379 14,020 of 28,232 used; 9,120 opens/s; released 41,000, 4,100/s',
    );
    expect(renderProgress(progress, screen(60))).toBe('10.0.0.5>10.0.1.9:6379 14,020 of 28,232 used; 9,120 opens/…');
    expect(renderProgress(progress, screen(60, false))).toBe(
      '10.0.0.5>10.0.1.9:6379 14,020 of 28,232 used; 9,120 open...',
    );
    for (let width = 4; width < 120; width += 1) {
      expect(renderProgress(progress, screen(width)).length).toBeLessThan(width);
      expect(renderProgress(progress, screen(width, false)).length).toBeLessThan(width);
    }
  });
});
