import { describe, expect, it } from 'vitest';
import { machineLike, situationLike } from '../../test/kit/machines.ts';
import { laneReport } from '../../test/kit/reports.ts';
import type { Machine } from '../remedies/machine.ts';
import { seeReuse } from './effect-reuse.ts';
import type { LaneReport } from './report.ts';

const ON = machineLike({ tcpTwReuse: 1 });
const REFUSED = { answer: false, text: 'connect() is refused' };
const UNASKED = { answer: null, text: 'nobody asked' };

function laneOf(more: Partial<LaneReport> = {}): LaneReport {
  return laneReport(['10.0.0.5', '10.0.1.9', 8080], { TIME_WAIT: 100 }, more);
}

describe('whether connect() takes over the slots of a lane', () => {
  it('is what the kernel answers, whatever the census says', () => {
    const taken = { answer: true, text: 'connect() took over a slot' };
    for (const lane of [undefined, laneOf({ reuse: false }), laneOf({ reuse: null })]) {
      expect(seeReuse(taken, lane, ON, ON)).toEqual({ applies: true, text: 'connect() took over a slot' });
    }
    for (const lane of [undefined, laneOf({ reuse: true })]) {
      expect(seeReuse(REFUSED, lane, ON, ON).applies).toBe(false);
    }
  });

  it('is what the census says where the kernel could not be asked', () => {
    expect(seeReuse(UNASKED, laneOf({ reuse: true }), ON, ON)).toEqual({
      applies: true,
      text: 'tcp_tw_reuse applies by settings and timestamps, though connect() was not asked: nobody asked',
    });
    expect(seeReuse(UNASKED, laneOf({ reuse: false, pool: 'source' }), ON, ON).applies).toBe(false);
    for (const lane of [undefined, laneOf({ reuse: null })]) {
      expect(seeReuse(UNASKED, lane, ON, ON)).toEqual({ applies: null, text: 'not known yet: nobody asked' });
    }
  });

  const network = {
    ...(situationLike().network as NonNullable<LaneReport['network']>),
    timestampsShare: 0,
    samples: 12,
  };

  it.each<[string, Partial<LaneReport>, Partial<Machine>, Partial<Machine>]>([
    ['its sockets are bound before they connect, and bind() takes over no TIME_WAIT slot', { pool: 'source' }, {}, {}],
    ['tcp_tw_reuse is 0', {}, {}, { tcpTwReuse: 0 }],
    ['tcp_timestamps is 0 here', {}, {}, { tcpTimestamps: 0 }],
    [
      'timestamps were off here when those connections were opened; new ones have them',
      { network },
      { tcpTimestamps: 0 },
      {},
    ],
    ['the other end has no timestamps (0 of 12 connections)', { network }, {}, {}],
    ['tcp_tw_reuse is 2, for loopback only', {}, {}, { tcpTwReuse: 2 }],
    ['those connections had no timestamps', { network: { ...network, samples: 0, timestampsShare: null } }, {}, {}],
    ['those connections had no timestamps', { network: { ...network, timestampsShare: 0.5 } }, {}, {}],
    ['those connections had no timestamps', { network: null }, {}, {}],
  ])('is not, with the reason: %s', (reason, lane, before, after) => {
    const [was, is] = [before, after].map((more) => machineLike({ tcpTwReuse: 1, ...more })) as [Machine, Machine];
    expect(seeReuse(REFUSED, laneOf(lane), was, is).text).toBe(`connect() is refused: ${reason}`);
    const byCensus = seeReuse(UNASKED, laneOf({ reuse: false, ...lane }), was, is);
    expect(byCensus.text).toBe(`tcp_tw_reuse does not apply: ${reason}`);
  });
});
