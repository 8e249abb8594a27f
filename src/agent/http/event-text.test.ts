import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { finding, namespaceSample, sampleOf } from '../../../test/kit/agent-view.ts';
import { laneReport } from '../../../test/kit/reports.ts';
import type { Sample } from '../sample.ts';
import { findingsEvent, type LeftOut, sampleEvent } from './event-text.ts';
import { HTTP_LIMITS } from './http-limits.ts';

type SampleEvent = Sample & { leftOut: LeftOut };

function dataOf<T>(event: Buffer): T {
  const [, data] = /^event: \w+\ndata: (.*)\n\n$/.exec(event.toString()) ?? [];
  return JSON.parse(data ?? 'null');
}

/** A namespace with lanes of which each has used as many slots as its number, from `most` down. */
function namespaceWith(lanes: number, inode: number, most: number = lanes) {
  const reports = Array.from({ length: lanes }, (_, index) =>
    laneReport(['10.0.0.5', '10.0.1.9', index + 1], { ESTABLISHED: most - index, TIME_WAIT: 1 }),
  );
  return namespaceSample(reports, { name: null, inode });
}

describe('the event sample', () => {
  it('is the sample where that is short', () => {
    const sample = sampleOf([namespaceWith(3, 1), namespaceWith(0, 2)]);
    const leftOut = { namespaces: 0, lanes: 0, blockers: 0, counted: 0 };
    expect(dataOf(sampleEvent(sample, HTTP_LIMITS))).toEqual({ ...sample, leftOut });
  });

  it('adds lanes beyond the fullest to the others, so that the sums stay what they are', () => {
    const sample = sampleOf([namespaceWith(60, 1)]);
    const event = dataOf<SampleEvent>(sampleEvent(sample, HTTP_LIMITS));
    const [namespace] = event.namespaces;
    expect(namespace?.lanes).toEqual(sample.namespaces[0]?.lanes.slice(0, 50));
    expect([event.leftOut.lanes, namespace?.lanesOmitted]).toEqual([10, 10]);
    const left = { lanes: 10, slots: 282_310, used: 65, live: 55, timeWait: 10, reclaimable: 0, closes: 70 };
    expect(namespace?.other).toEqual({ ...left, refusedConnects: null });
  });

  it('says not known of the others where it is not known of one', () => {
    const [listed] = [namespaceWith(51, 1)];
    const lanes = listed.lanes.map((lane) => ({ ...lane, closes: null, reclaimable: null }));
    const event = dataOf<SampleEvent>(sampleEvent(sampleOf([{ ...listed, lanes }]), HTTP_LIMITS));
    expect(event.namespaces[0]?.other).toMatchObject({ closes: null, reclaimable: null, lanes: 1 });
  });

  it('shortens the lists of blockers and counted lanes too', () => {
    const blocker = { kind: 'listener', address: '*', ports: '1', count: 1, processes: [] } as const;
    const counted = { source: null, destination: '10.0.1.9', port: 1, attempts: 1, refusals: 0, since: 'x' };
    const one = namespaceWith(1, 1);
    const long = {
      ...one,
      ports: { ...one.ports, blockers: new Array(70).fill(blocker) },
      counted: new Array(80).fill(counted),
    };
    const event = dataOf<SampleEvent>(sampleEvent(sampleOf([long]), HTTP_LIMITS));
    expect(event.leftOut).toEqual({ namespaces: 0, lanes: 0, blockers: 20, counted: 30 });
    expect([event.namespaces[0]?.ports.blockers.length, event.namespaces[0]?.counted?.length]).toEqual([50, 50]);
  });

  it('stays within its bytes with the fullest namespaces, in the order of the sample', () => {
    const each = fc.record({ lanes: fc.integer({ min: 0, max: 60 }), most: fc.integer({ min: 60, max: 28_000 }) });
    const bytes = fc.integer({ min: 1, max: 200_000 });
    fc.assert(
      fc.property(fc.array(each, { maxLength: 12 }), bytes, (all, sampleEventBytes) => {
        const namespaces = all.map(({ lanes, most }, index) => namespaceWith(lanes, index, most));
        const text = sampleEvent(sampleOf(namespaces), { ...HTTP_LIMITS, sampleEventBytes });
        const { namespaces: listed, leftOut } = dataOf<SampleEvent>(text);
        expect(listed.length + leftOut.namespaces).toBe(all.length);
        expect(listed.length).toBeGreaterThanOrEqual(Math.min(1, all.length));
        if (listed.length > 1) expect(text.length).toBeLessThan(sampleEventBytes + 1_000);
        const inodes = listed.map(({ inode }) => inode ?? -1);
        expect(inodes).toEqual([...inodes].sort((a, b) => a - b));
        const fullest = (lanes: SampleEvent['namespaces'][number]): number => lanes.lanes[0]?.utilization ?? 0;
        const least = Math.min(1, ...listed.map(fullest));
        for (const one of namespaces) {
          if (!inodes.includes(one.inode ?? -1)) expect(fullest(one)).toBeLessThanOrEqual(least);
        }
      }),
    );
  });
});

describe('the event findings', () => {
  it('holds the worst that fit', () => {
    const findings = Array.from({ length: 20 }, (_, index) => finding(`f${index}`, { explanation: 'x'.repeat(100) }));
    const limits = { ...HTTP_LIMITS, findingsEventBytes: 2_000 };
    const event = dataOf<{ findings: unknown[]; leftOut: unknown }>(findingsEvent({ takenAt: 't', findings }, limits));
    expect(event.findings.length).toBeGreaterThan(1);
    expect(event).toEqual({
      takenAt: 't',
      findings: findings.slice(0, event.findings.length),
      leftOut: { findings: 20 - event.findings.length },
    });
  });
});
