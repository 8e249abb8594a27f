import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { laneReport, namespaceReport, processReport, reportOf } from '../../test/kit/reports.ts';
import type { LaneReport, NamespaceReport, Report } from '../diagnosis/report.ts';
import { writeReport } from './report-json.ts';

async function written(report: Report): Promise<{ text: string; pieces: number }> {
  const pieces: string[] = [];
  await writeReport(report, async (piece) => void pieces.push(piece));
  return { text: pieces.join(''), pieces: pieces.length };
}

/** Whatever others may choose as a name: quotes, control characters, and the line ends that only Unicode knows. */
const anyText = fc.string({
  unit: fc.constantFrom('a', '"', '\\', '\n', '\r', '\u2028', '\u2029', '\u0000', 'ü', '😀', '}', '\ud800'),
});
const anyNumber = fc.oneof(fc.nat(), fc.double({ noDefaultInfinity: true, noNaN: true }));
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary);

const anyLane: fc.Arbitrary<LaneReport> = fc
  .record({
    states: fc.dictionary(fc.constantFrom('ESTABLISHED', 'TIME_WAIT', 'SYN_SENT'), fc.nat(9)),
    opensPerSecond: maybe(anyNumber),
    reclaimable: maybe(fc.nat(9)),
    unit: maybe(anyText),
    processes: fc.array(fc.tuple(fc.nat(), anyText, fc.nat(), maybe(anyText)), { maxLength: 2 }),
  })
  .map(({ states, processes, ...more }) =>
    laneReport(['10.0.0.5', '10.0.1.9', 80], states, {
      ...more,
      processes: processes.map(([pid, name, sockets, unit]) => processReport(pid, name, sockets, unit)),
    }),
  );
const anyNamespace: fc.Arbitrary<NamespaceReport> = fc
  .record({
    lanes: fc.array(anyLane, { maxLength: 3 }),
    name: maybe(anyText),
    notes: fc.array(anyText, { maxLength: 2 }),
  })
  .map(({ lanes, name, notes }) => namespaceReport(lanes, { name, notes }));
const anyReport: fc.Arbitrary<Report> = fc
  .record({
    namespaces: fc.array(anyNamespace, { maxLength: 3 }),
    host: fc.record({ name: maybe(anyText), kernel: maybe(anyText) }),
    takenAt: maybe(anyText),
    findings: fc.array(
      fc.record({
        ...{
          code: anyText,
          severity: fc.constantFrom('info' as const, 'critical' as const),
          namespace: maybe(anyText),
        },
        ...{ lane: fc.constant(null), summary: anyText, remedies: fc.constant([]) },
        ...{ explanation: anyText, unhelpful: fc.constant([]), namespaceInode: fc.constant(null) },
        evidence: fc.dictionary(anyText, fc.jsonValue({ maxDepth: 2 }), { noNullPrototype: true }),
      }),
      { maxLength: 2 },
    ),
  })
  .map(({ namespaces, ...more }) => reportOf(namespaces, more));

describe('a report as JSON', () => {
  it('says what JSON.stringify says of it', async () => {
    await fc.assert(
      fc.asyncProperty(anyReport, async (report) => {
        const { text } = await written(report);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(report)));
      }),
      { numRuns: 300 },
    );
  });

  it('is indented, with each lane on a line of its own, and ends with a line end', async () => {
    const lane = laneReport(['10.0.0.5', '10.0.1.9', 80], { ESTABLISHED: 1 });
    const { text } = await written(reportOf([namespaceReport([lane, lane]), namespaceReport([])]));
    expect(text.startsWith('{\n  "schema": 1,\n') && text.endsWith('\n}\n')).toBe(true);
    expect(text.split('\n').filter((line) => line.startsWith(`        {"source":"10.0.0.5"`))).toHaveLength(2);
    expect(text).toContain('\n  "findings": []\n');
  });

  it('is written piece by piece, so that a large one is never one string', async () => {
    const lanes = Array.from({ length: 1_200 }, (_, port) =>
      laneReport(['10.0.0.5', '10.0.1.9', port], { ESTABLISHED: 1 }),
    );
    const report = reportOf([namespaceReport(lanes)]);
    const { text, pieces } = await written(report);
    expect(JSON.parse(text)).toEqual(report);
    expect(pieces).toBeGreaterThanOrEqual(1_200 / 500);
  });

  it('waits until each piece is taken', async () => {
    let taking = 0;
    let most = 0;
    await writeReport(reportOf([namespaceReport([]), namespaceReport([])]), async () => {
      taking += 1;
      most = Math.max(most, taking);
      await Promise.resolve();
      taking -= 1;
    });
    expect(most).toBe(1);
  });
});
