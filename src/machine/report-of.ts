import { hostname, release } from 'node:os';
import { bySeverity } from '../diagnosis/diagnose.ts';
import type { Examination } from '../diagnosis/examination.ts';
import type { HostReport, Report } from '../diagnosis/report.ts';

/** This machine, as reports name it. */
export function thisHost(): HostReport {
  return { name: hostname(), kernel: release() };
}

/**
 * The report of this machine, as it is now, from what was found in its namespaces.
 *
 * @param start `performance.now()` when they began to be looked at
 */
export function reportOf(examined: readonly Examination[], start: number): Report {
  return {
    schema: 1,
    // A watch may have taken minutes: what is reported is as it was at its end.
    takenAt: new Date().toISOString(),
    durationSeconds: Number(((performance.now() - start) / 1000).toFixed(6)),
    host: thisHost(),
    namespaces: examined.map(({ namespace }) => namespace),
    findings: examined.flatMap(({ findings }) => findings).sort(bySeverity),
  };
}
