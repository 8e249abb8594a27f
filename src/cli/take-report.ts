import type { Report } from '../diagnosis/report.ts';
import type { MachineReportOptions } from '../machine/machine-report.ts';
import { announceWatch } from './announce-watch.ts';
import type { ReportFlags } from './report-flags.ts';

/** The report that flags ask for: of a capture, or of this machine. Warnings go to standard error. */
export async function takeReport(
  flags: ReportFlags,
  options: Pick<MachineReportOptions, 'top' | 'thorough' | 'trace'>,
): Promise<Report> {
  if (flags.from !== undefined) {
    const { reportCapture } = await import('./capture-report.ts');
    return reportCapture(flags.from, { ...flags, top: options.top });
  }
  const { reportMachine } = await import('../machine/machine-report.ts');
  return reportMachine({ ...flags, ...options, announceWatch }, (warning) => {
    process.stderr.write(`fourtuple: ${warning}\n`);
  });
}
