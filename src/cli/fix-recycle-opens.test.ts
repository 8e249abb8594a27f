import { describe, expect, it } from 'vitest';
import { recycledLane, recycleSummary } from '../../test/kit/recycled.ts';
import { OpensTally } from './fix-recycle-opens.ts';

describe('the tally of opens', () => {
  it('has their mean over the time, the most, and what the lane could sustain while it was in use', () => {
    const tally = new OpensTally();
    const look = (seconds: number, opensPerSecond: number | null, sustainableOpensPerSecond: number | null): void =>
      tally.add(recycleSummary([recycledLane({ opensPerSecond, sustainableOpensPerSecond })], { seconds }));
    look(0.1, null, 20_000);
    expect(tally.of(recycledLane())).toBeNull();
    look(1.1, 400, 20_001);
    look(2.1, 1_000, 20_002);
    look(4.1, 100, 20_003);
    look(8.1, 0, 28_232);
    expect(tally.of(recycledLane())).toEqual({ mean: expect.closeTo(200, 6), most: 1_000, sustainable: 20_003 });
    expect(tally.of(recycledLane({ port: 1 }))).toBeNull();
  });

  it('knows what an idle lane could sustain', () => {
    const tally = new OpensTally();
    const idle = recycledLane({ opensPerSecond: 0, sustainableOpensPerSecond: 28_232 });
    tally.add(recycleSummary([idle], { seconds: 1 }));
    expect(tally.of(idle)).toEqual({ mean: 0, most: 0, sustainable: 28_232 });
  });
});
