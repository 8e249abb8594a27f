import { describe, expect, it } from 'vitest';
import { machineLike } from '../../test/kit/machines.ts';
import { laneReport, namespaceReport } from '../../test/kit/reports.ts';
import type { Machine } from '../remedies/machine.ts';
import { recycleTimeWait } from '../remedies/recycle-time-wait.ts';
import { shorterReuseDelay } from '../remedies/shorter-reuse-delay.ts';
import { tcpTwReuse } from '../remedies/tcp-tw-reuse.ts';
import { widerRange } from '../remedies/wider-range.ts';
import { parseLanePattern } from '../tcp/lane-pattern.ts';
import { diagnose } from './diagnose.ts';
import type { Examination } from './examination.ts';
import { expectEffects } from './remedy-effect.ts';
import type { LaneReport } from './report.ts';
import { NOT_LOOKED_AT } from './scene.ts';

function examination(lanes: readonly LaneReport[], machine: Partial<Machine> = {}): Examination {
  return { namespace: namespaceReport(lanes), machine: machineLike({ listening: [], ...machine }), findings: [] };
}

const FULL = laneReport(
  ['10.0.0.5', '10.0.1.9', 8080],
  { ESTABLISHED: 30, TIME_WAIT: 28_201 },
  { reuse: false, holdSeconds: 0.01, opensPerSecond: 460 },
);

function pooled(port: number): LaneReport {
  return laneReport(
    ['10.0.0.6', '10.0.1.9', port],
    { TIME_WAIT: 1_000 },
    { pool: 'source', slots: 20_000, reuse: false },
  );
}

describe('what a remedy is expected to do', () => {
  it('is told for a lane, before and after, and why it is safe or not', () => {
    const [effect] = expectEffects(tcpTwReuse, examination([FULL]), { most: 10 });
    expect(effect).toEqual({
      ...{ source: '10.0.0.5', destination: '10.0.1.9', port: 8080, device: null, used: 28_231 },
      slots: { before: 28_231, predicted: 28_231, observed: null },
      opensPerSecond: { before: 462.5, predicted: 27_951.5, observed: null },
      gain: 60.43,
      ...{ safe: null, reason: 'no live connection to judge by', asPredicted: null, observation: null },
    });
  });

  it('is what findings say of the same lane', () => {
    const scene = { ...examination([FULL, pooled(80), pooled(81)]), ...NOT_LOOKED_AT, counters: null };
    for (const lane of scene.namespace.lanes) {
      const finding = { lane, severity: 'info', summary: '', explanation: '', evidence: {}, unhelpful: [] } as const;
      const remedies = [tcpTwReuse, widerRange, recycleTimeWait];
      const [report] = diagnose(scene, () => null, [{ code: 'x', examine: () => [{ ...finding, remedies }] }]);
      for (const remedy of remedies) {
        const ranked = report?.remedies.find(({ id }) => id === remedy.id);
        const expected = expectEffects(remedy, scene, { pattern: parseLanePattern(`:${lane.port}`), most: 1 });
        expect(expected).toMatchObject([
          {
            slots: { predicted: ranked?.slots },
            opensPerSecond: { predicted: ranked?.opensPerSecond },
            ...{ gain: ranked?.gain, safe: ranked?.safe, reason: ranked?.reason },
          },
        ]);
      }
    }
  });

  it('is told of shared slots for an even part of them, also where one lane is asked for', () => {
    const examined = examination([pooled(80), pooled(81), pooled(82), FULL]);
    const effects = expectEffects(widerRange, examined, { pattern: parseLanePattern(':81'), most: 10 });
    expect(effects).toMatchObject([{ port: 81, slots: { before: 20_000 / 3 } }]);
  });

  it('is told for the fullest lanes that match, at most as many as wanted', () => {
    const lanes = [9000, 9001, 9002].map((port) => laneReport(['10.0.0.5', '10.0.1.9', port], { TIME_WAIT: 10 }));
    const examined = examination([FULL, ...lanes]);
    const ports = (pattern: string, most: number): number[] =>
      expectEffects(widerRange, examined, { pattern: parseLanePattern(pattern), most }).map(({ port }) => port);
    expect(ports('10.0.1.9:*', 2)).toEqual([8080, 9000]);
    expect(ports(':9001', 2)).toEqual([9001]);
    expect(expectEffects(widerRange, examined, { most: 10 })).toHaveLength(4);
  });

  it.each<[string, Partial<Machine>, number, number]>([
    ['held for a minute', {}, 462.6, 28_232],
    ['taken over already', { tcpTwReuse: 1, tcpTwReuseDelaySeconds: 0.5 }, 56_464, 56_464],
    ['held for a minute without timestamps', { tcpTwReuse: 1, tcpTimestamps: 0 }, 462.6, 28_232],
  ])(
    'is told for a hypothetical lane where there is none, whose closed slots are %s',
    (_, machine, before, predicted) => {
      expect(expectEffects(tcpTwReuse, examination([], machine), { most: 10 })).toMatchObject([
        {
          ...{ source: '*', destination: '*', port: 0, device: null, used: 0 },
          slots: { before: 28_232, predicted: 28_232 },
          opensPerSecond: { before, predicted },
        },
      ]);
    },
  );

  it('is nothing for a shorter delay where no slot is taken over', () => {
    const effects = expectEffects(shorterReuseDelay, examination([FULL]), { most: 1 });
    expect(effects).toMatchObject([
      { gain: 1, safe: false, reason: 'useless: tcp_tw_reuse does not apply to this lane' },
    ]);
  });
});
