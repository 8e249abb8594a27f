import { describe, expect, it } from 'vitest';
import { situationLike } from '../../../test/kit/machines.ts';
import { laneReport, processReport } from '../../../test/kit/reports.ts';
import { ruleScene } from '../../../test/kit/rule-scenes.ts';
import type { LaneReport } from '../report.ts';
import type { Finding } from '../rule.ts';
import { shortConnections } from './short-connections.ts';

const ENDS = ['10.0.0.5', '10.0.1.9', 8080] as const;

/** 447 connections per second that live three milliseconds. */
function busy(more: Partial<LaneReport> = {}, states: Record<string, number> = { ESTABLISHED: 2, TIME_WAIT: 9_998 }) {
  const rates = { reuse: false, opensPerSecond: 447.2, holdSeconds: 0.003, settlesAt: 0.4 };
  return laneReport(ENDS, states, { ...rates, processes: [processReport(811, 'haproxy', 2)], ...more });
}

function findings(...lanes: LaneReport[]): Finding[] {
  return [...shortConnections.examine(ruleScene(lanes))];
}

function only(lane: LaneReport): Finding {
  const found = findings(lane);
  expect(found).toHaveLength(1);
  return found[0] as Finding;
}

describe('short connections', () => {
  it('are told with their rate, their life and how much longer they hold their slots', () => {
    const { severity, summary, explanation, evidence, lane } = only(busy());
    expect(severity).toBe('info');
    expect(lane?.destination).toBe('10.0.1.9');
    expect(summary).toBe(
      '10.0.0.5>10.0.1.9:8080 (haproxy 811) opens 447 connections per second that live 3.0 ms and then hold their slots for 61 s more, 20,341 times as long.',
    );
    expect(explanation).toContain('9,998 of the 10,000 slots it uses of 28,231 belong to connections that are over.');
    expect(explanation).toContain('about 2 connections would carry the same');
    expect(evidence).toMatchObject({
      keptConnections: 2,
      holdSeconds: 0.003,
      timeWait: 9_998,
      bytesPerConnection: null,
    });
  });

  it('are told with what each has carried, where that is known', () => {
    const { explanation, evidence } = only(busy({ network: situationLike().network }));
    expect(explanation).toContain('have carried 512 bytes each so far.');
    expect(evidence).toMatchObject({ bytesPerConnection: 512 });
  });

  it('are so short that none is open', () => {
    const { summary, explanation } = only(busy({ holdSeconds: 0 }, { TIME_WAIT: 10_000 }));
    expect(summary).toContain('so short that none is open now, and each holds its slot for 61 s more.');
    expect(explanation).toContain('about 1 connection would carry the same');
  });

  it('would need no more connections than are open now, though rates are rounded', () => {
    expect(only(busy({ opensPerSecond: 14_227, holdSeconds: 0.001_406 })).evidence).toMatchObject({
      keptConnections: 20,
    });
  });

  it('never live for no time at all', () => {
    expect(only(busy({ holdSeconds: 0.000_02 })).summary).toContain('that live less than 0.1 ms and then');
  });

  it('hold their slots for a second only where reuse applies', () => {
    const { summary } = only(busy({ reuse: true }));
    expect(summary).toContain('hold their slots for 1 s more, 333 times as long.');
  });

  it.each([
    ['half full', busy({}, { ESTABLISHED: 2, TIME_WAIT: 14_200 })],
    ['running out', busy({ secondsToExhaustion: 30, settlesAt: null })],
    ['exhausted', busy({}, { TIME_WAIT: 28_231 })],
  ])('are a warning where the lane is %s', (_, lane) => {
    expect(only(lane).severity).toBe('warning');
  });

  it.each([
    ['few', busy({}, { ESTABLISHED: 2, TIME_WAIT: 6_998 })],
    ['long', busy({ holdSeconds: 1 })],
    ['not known by their rate', busy({ opensPerSecond: null })],
    ['not known by their life', busy({ holdSeconds: null })],
    ['mostly open', busy({}, { ESTABLISHED: 2_100, TIME_WAIT: 7_900 })],
  ])('are not spoken of where they are %s', (_, lane) => {
    expect(findings(lane)).toEqual([]);
  });

  it('are told for each lane that has them', () => {
    expect(findings(busy(), busy({ port: 8081 }), busy({ port: 8082, holdSeconds: 40 }))).toHaveLength(2);
  });
});
