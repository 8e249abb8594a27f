import type { Report } from '../diagnosis/report.ts';
import { FourtupleError } from '../tcp/error.ts';
import type { DoctorFlags } from './doctor-flags.ts';
import { print } from './output.ts';
import { checkCombination } from './report-flags.ts';

/** How many lanes the report holds: those that are examined. */
const TOP = 100;

/** `fourtuple doctor`. */
export async function doctor(flags: DoctorFlags): Promise<void> {
  checkCombination(flags);
  if (flags.from !== undefined && flags.trace !== undefined) {
    throw new FourtupleError('FT_ARGUMENT', '--from reads a capture, in which nothing connects: leave out --trace');
  }
  const report = await takeReport(flags);
  if (flags.json === true) {
    const { writeReport } = await import('./report-json.ts');
    await writeReport(report, print);
  } else {
    const { renderDiagnosis } = await import('./text/doctor-text.ts');
    const { screenOf } = await import('./text/screen.ts');
    const screen = screenOf(process.stdout, process.env);
    await print(renderDiagnosis(report, screen, { full: flags.full === true }));
  }
}

async function takeReport(flags: DoctorFlags): Promise<Report> {
  if (flags.from !== undefined) {
    const { reportCapture } = await import('./capture-report.ts');
    return reportCapture(flags.from, { ...flags, top: TOP });
  }
  const { reportMachine } = await import('./machine-report.ts');
  return reportMachine({ ...flags, top: TOP, thorough: true }, (warning) => {
    process.stderr.write(`fourtuple: ${warning}\n`);
  });
}
