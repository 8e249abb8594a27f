import { LANES_EXAMINED } from '../diagnosis/examination.ts';
import { FourtupleError } from '../tcp/error.ts';
import type { DoctorFlags } from './doctor-flags.ts';
import { print } from './output.ts';
import { checkCombination } from './report-flags.ts';
import { takeReport } from './take-report.ts';

/** `fourtuple doctor`. */
export async function doctor(flags: DoctorFlags): Promise<void> {
  checkCombination(flags);
  if (flags.from !== undefined && flags.trace !== undefined) {
    throw new FourtupleError('FT_ARGUMENT', '--from reads a capture, in which nothing connects: leave out --trace');
  }
  const report = await takeReport(flags, { top: LANES_EXAMINED, thorough: true, trace: flags.trace });
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
