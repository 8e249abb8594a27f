import type { Report } from '../diagnosis/report.ts';
import { FourtupleError } from '../tcp/error.ts';
import { print } from './output.ts';
import type { StatusFlags } from './status-flags.ts';

/** How many lanes are listed where nothing else is said: what fits a screen, and what a program can take. */
const DEFAULT_TOP_TEXT = 20;
const DEFAULT_TOP_JSON = 1_000;

/** `fourtuple status`. */
export async function status(flags: StatusFlags): Promise<void> {
  checkCombination(flags);
  const top = flags.top ?? (flags.json === true ? DEFAULT_TOP_JSON : DEFAULT_TOP_TEXT);
  const report = await takeReport(flags, top);
  if (flags.json === true) {
    const { writeReport } = await import('./report-json.ts');
    await writeReport(report, print);
  } else {
    const { renderReport } = await import('./text/report-text.ts');
    const { screenOf } = await import('./text/screen.ts');
    await print(renderReport(report, screenOf(process.stdout, process.env)));
  }
}

async function takeReport(flags: StatusFlags, top: number): Promise<Report> {
  if (flags.from !== undefined) {
    const { reportCapture } = await import('./status-capture.ts');
    return reportCapture(flags.from, { ...flags, top });
  }
  const { reportMachine } = await import('./status-machine.ts');
  return reportMachine({ ...flags, top }, (warning) => void process.stderr.write(`fourtuple: ${warning}\n`));
}

function checkCombination({ from, all, netns, range, reserved, listening }: StatusFlags): void {
  if (all === true && netns !== undefined) {
    throw new FourtupleError('FT_ARGUMENT', '--all and --netns exclude each other');
  }
  if (from !== undefined && (all === true || netns !== undefined)) {
    throw new FourtupleError(
      'FT_ARGUMENT',
      '--from reads a capture, which has no namespaces: leave out --all and --netns',
    );
  }
  if (from === undefined && (range !== undefined || reserved !== undefined || listening !== undefined)) {
    throw new FourtupleError(
      'FT_ARGUMENT',
      '--range, --reserved and --listening go with --from: this machine tells its own',
    );
  }
}
