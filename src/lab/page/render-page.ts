import type { LabReport } from '../lab-report.ts';

/** What came of a lab as one self-contained page. */
export function renderLabPage(report: LabReport): string {
  return JSON.stringify(report);
}
