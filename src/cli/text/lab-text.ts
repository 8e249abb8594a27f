import type { LabReport } from '../../lab/lab-report.ts';
import type { Screen } from './screen.ts';

/** What came of a lab, for people. */
export function renderLab(report: LabReport, _screen: Screen): string {
  return `${JSON.stringify(report, null, 1)}\n`;
}
