import { describe, expect, it } from 'vitest';
import { machineLike } from '../../test/kit/machines.ts';
import { laneReport, namespaceReport } from '../../test/kit/reports.ts';
import { lowerFinTimeout } from '../remedies/lower-fin-timeout.ts';
import type { Machine } from '../remedies/machine.ts';
import type { Remedy } from '../remedies/remedy.ts';
import { tcpTwReuse } from '../remedies/tcp-tw-reuse.ts';
import { widerRangeTo } from '../remedies/wider-range.ts';
import { type Observation, observeLane } from './effect-observation.ts';
import { subjectOf } from './effect-subject.ts';
import type { Examination } from './examination.ts';
import type { LaneReport, NamespaceReport } from './report.ts';

const TAKEN = { answer: true, text: 'connect() took over a slot' };
const WIDER = { low: 1_024, high: 65_535 };

function lane(more: Partial<LaneReport> = {}): LaneReport {
  const states = { ESTABLISHED: 30, TIME_WAIT: 10_000 };
  return laneReport(['10.0.0.5', '10.0.1.9', 8080], states, { holdSeconds: 0.1, reuse: false, slots: 28_232, ...more });
}

function examination(
  lanes: readonly LaneReport[],
  machine: Partial<Machine> = {},
  more: Partial<NamespaceReport> = {},
): Examination {
  return {
    namespace: namespaceReport(lanes, more),
    machine: machineLike({ listening: [], ...machine }),
    findings: [],
  };
}

const BEFORE = examination([lane()]);

/** What is said of a lane after a remedy, on a machine that it has changed. */
function observe(remedy: Remedy, after: Examination, before: Examination = BEFORE): Observation {
  const [was] = before.namespace.lanes;
  const wanted = was ?? { source: '*', destination: '*', port: 0, device: null };
  const subject = subjectOf(remedy, wanted, before, after);
  return observeLane(remedy, subject, was === undefined ? undefined : TAKEN, before, after);
}

describe('a lane after a remedy', () => {
  const wider = widerRangeTo(WIDER);
  const widened = { range: WIDER };

  it.each([
    [64_512, true],
    [63_867, true],
    [63_866, false],
    [65_157, true],
    [65_158, false],
  ])('with %i slots of the 64,512 predicted is as predicted: %s', (slots, asPredicted) => {
    const { opensPerSecond, ...seen } = observe(wider, examination([lane({ slots })], widened));
    expect(seen).toMatchObject({ slots, asPredicted });
    expect(opensPerSecond).toBeCloseTo(slots / 61.124, 1);
  });

  it.each([
    [64, true],
    [63, true],
    [62, false],
  ])('with %i slots of 64 is as predicted: %s', (slots, asPredicted) => {
    const before = examination([lane({ slots: 64 })]);
    const after = examination([lane({ slots })], { tcpFinTimeoutSeconds: 15 });
    expect(observe(lowerFinTimeout, after, before)).toMatchObject({ slots, asPredicted });
  });

  it.each([
    [1, 25_665.5, true],
    [1.05, 24_549.6, true],
    [1.06, 24_337.9, false],
    [0.9, 28_232, false],
  ])(
    'whose slots are taken over after %f s sustains %f opens per second, as predicted: %s',
    (delay, opens, asPredicted) => {
      const after = examination([lane()], { tcpTwReuse: 1, tcpTwReuseDelaySeconds: delay });
      expect(observe(tcpTwReuse, after)).toMatchObject({ opensPerSecond: opens, asPredicted, text: TAKEN.text });
    },
  );

  it('is judged by how long its connections lived before', () => {
    const after = examination([lane({ holdSeconds: 7, states: { ESTABLISHED: 3 } })], { tcpTwReuse: 1 });
    expect(observe(tcpTwReuse, after)).toMatchObject({ opensPerSecond: 25_665.5, asPredicted: true });
  });

  it('that no ports bound, before and after, is as predicted', () => {
    const unbounded = lane({ states: { ESTABLISHED: 1 }, holdSeconds: 0, opensPerSecond: 10 });
    const after = examination([unbounded], { tcpFinTimeoutSeconds: 15 });
    expect(observe(lowerFinTimeout, after, examination([unbounded]))).toMatchObject({
      opensPerSecond: null,
      asPredicted: true,
    });
  });

  it('is not as predicted where the remedy does not hold any more, whatever its figures', () => {
    const undone = observe(lowerFinTimeout, examination([lane()]));
    expect(undone).toMatchObject({
      asPredicted: false,
      text: 'it does not hold any more: net.ipv4.tcp_fin_timeout would have to be 15 now',
    });
    const both = observe(tcpTwReuse, examination([lane()], { tcpTwReuse: 0, tcpTimestamps: 0 }));
    expect(both).toMatchObject({
      asPredicted: false,
      text: 'it does not hold any more: net.ipv4.tcp_timestamps would have to be 1 now and net.ipv4.tcp_tw_reuse would have to be 1 now',
    });
  });

  it('is told apart from one that is only not listed', () => {
    const ports = { ...WIDER, size: 64_512, reserved: 12, blocked: 3, usable: 64_497, blockers: [] };
    const gone = observe(wider, examination([], widened, { ports }));
    const slots = 'the range 1024-65535 has 64,512 ports, of them 12 reserved and 3 blocked';
    expect(gone).toMatchObject({ slots: 64_497, asPredicted: true });
    expect(gone.text).toBe(`no connection of the lane is left; ${slots}`);
    const unlisted = observe(wider, examination([], widened, { ports, lanesOmitted: 200 }));
    expect(unlisted.text).toBe(`the lane is not among the fullest any more; ${slots}`);
    const hypothetical = observe(wider, examination([], widened, { ports }), examination([]));
    expect(hypothetical.text).toBe(`there was no lane to observe; ${slots}`);
  });

  it('is not judged where it shared its slots with others, and is gone', () => {
    const before = examination([
      lane({ pool: 'source', slots: 9_000 }),
      lane({ pool: 'source', slots: 9_000, port: 80 }),
    ]);
    expect(observe(wider, examination([], widened), before)).toMatchObject({
      ...{ slots: null, opensPerSecond: null, asPredicted: null },
      text: expect.stringMatching(/^no connection of the lane is left; /),
    });
    expect(observe(wider, examination([]), before).asPredicted).toBe(false);
  });

  it('is told apart from its like on another device', () => {
    const [near, far] = ['near', 'far'].map((device) => lane({ device }));
    const before = examination([near as LaneReport]);
    const after = examination([far as LaneReport], { tcpFinTimeoutSeconds: 15 });
    expect(observe(lowerFinTimeout, after, before).text).toMatch(/^no connection of the lane is left; /);
  });
});
