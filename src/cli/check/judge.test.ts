import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { laneReport, namespaceReport, reportOf } from '../../../test/kit/reports.ts';
import { parseAlertRange } from './alert-range.ts';
import { figuresOf } from './figures.ts';
import { judge, type Thresholds } from './judge.ts';
import { exitCodeOf, STATES, type State, worstOf } from './state.ts';

const NEVER = { warning: null, critical: null };
const at = (warning: string, critical: string) => ({
  warning: parseAlertRange(warning),
  critical: parseAlertRange(critical),
});
const lane = (utilization: number | null, secondsToExhaustion: number | null, more = {}) =>
  laneReport(['10.0.0.5', '10.0.1.9', 8080], { ESTABLISHED: 100 }, { utilization, secondsToExhaustion, ...more });

function stateOf(lanes: readonly ReturnType<typeof lane>[], thresholds: Partial<Thresholds>): State {
  const all = { utilization: NEVER, seconds: NEVER, refusals: NEVER, ...thresholds };
  return judge(figuresOf(reportOf([namespaceReport(lanes)]), { isTraced: false, isNarrowed: false }), all, []).state;
}

describe('the state of a machine', () => {
  it.each([
    [0.8, 'OK'],
    [0.800_001, 'WARNING'],
    [0.95, 'WARNING'],
    [0.950_001, 'CRITICAL'],
    [1, 'CRITICAL'],
  ])('with a lane that is %f full is %s', (utilization, state) => {
    expect(stateOf([lane(0.1, null), lane(utilization, null)], { utilization: at('80', '95') })).toBe(state);
  });

  it.each([
    [null, 'OK'],
    [300, 'OK'],
    [299.9, 'WARNING'],
    [60, 'WARNING'],
    [59.9, 'CRITICAL'],
    [0, 'CRITICAL'],
  ])('with a lane that is exhausted in %d s is %s', (seconds, state) => {
    expect(stateOf([lane(0.9, 5_000), lane(0.1, seconds)], { seconds: at('300:', '60:') })).toBe(state);
  });

  it('is OK where nothing is, whatever the thresholds: nothing is below 10% either', () => {
    expect(stateOf([], { utilization: at('10:', '5:'), seconds: at('~:', '@~:') })).toBe('OK');
  });

  it.each([
    [null, 'OK'],
    [0, 'OK'],
    [1, 'WARNING'],
    [13, 'CRITICAL'],
  ])('with %d refusals of two lanes, of which one is not known, is %s', (refusals, state) => {
    const lanes = [lane(0.1, null, { refusals: null }), lane(0.1, null, { refusals })];
    expect(stateOf(lanes, { refusals: at('0', '12') })).toBe(state);
  });

  it('sums the refusals of all lanes', () => {
    const lanes = [lane(0.1, null, { refusals: 6 }), lane(0.1, null, { refusals: 7 })];
    expect(stateOf(lanes, { refusals: at('~:', '12') })).toBe('CRITICAL');
  });

  it.each([
    [[lane(null, null, { used: 27_000 })], 'UNKNOWN'],
    [[lane(null, null, { used: 7_000 })], 'OK'],
    [[lane(null, null, { used: 27_000 }), lane(0.96, null)], 'CRITICAL'],
    [[lane(null, null, { used: 27_000 }), lane(0.5, null)], 'UNKNOWN'],
  ])('of what is not known is no worse and no better than that', (lanes, state) => {
    expect(stateOf(lanes, { utilization: at('80', '95') })).toBe(state);
  });

  it('is what alerts for certain before what is not known, and the worst of them', () => {
    expect(STATES.map(exitCodeOf)).toEqual([0, 1, 2, 3]);
    expect([worstOf([]), worstOf(['OK', 'UNKNOWN'])]).toEqual(['OK', 'UNKNOWN']);
    expect(worstOf(['UNKNOWN', 'WARNING', 'OK'])).toBe('WARNING');
    const state = fc.constantFrom(...STATES);
    fc.assert(fc.property(fc.array(state), (states) => worstOf([...states, 'CRITICAL']) === 'CRITICAL'));
  });
});
