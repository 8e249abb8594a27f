import { readFileSync } from 'node:fs';
import { type Capture, readCapture } from '../census/capture/capture.ts';
import { censusOfCapture } from '../census/capture/capture-census.ts';
import { diagnose } from '../diagnosis/diagnose.ts';
import { type Examination, LANES_EXAMINED } from '../diagnosis/examination.ts';
import { machineOf } from '../diagnosis/machine.ts';
import type { LaneReport, Report } from '../diagnosis/report.ts';
import { reportNamespace } from '../diagnosis/report-namespace.ts';
import { narrowNamespace, narrowReport } from '../diagnosis/report-narrow.ts';
import { isReport, readReport } from '../diagnosis/report-reader.ts';
import { NOT_LOOKED_AT } from '../diagnosis/scene.ts';
import type { Program } from '../remedies/remedy.ts';
import { FourtupleError } from '../tcp/error.ts';
import type { LanePattern } from '../tcp/lane-pattern.ts';
import type { PortRange } from '../tcp/port-range.ts';
import type { PortSet } from '../tcp/port-set.ts';

/** How a capture is read, and how much of it is reported. */
export interface CaptureReportOptions {
  readonly top: number;
  readonly lane?: LanePattern | undefined;
  readonly range?: PortRange | undefined;
  readonly reserved?: PortSet | undefined;
  readonly listening?: PortSet | undefined;
}

const STANDARD_INPUT = '-';

/**
 * The report of a captured machine.
 *
 * @param file its path, or `-` for standard input
 * @throws FourtupleError FT_CAPTURE, FT_REPORT where it cannot be read, naming the line or the field
 */
export function reportCapture(file: string, options: CaptureReportOptions): Report {
  const start = performance.now();
  const name = file === STANDARD_INPUT ? 'standard input' : file;
  const bytes = readBytes(file, name);
  if (isReport(bytes)) {
    if (options.range !== undefined || options.reserved !== undefined || options.listening !== undefined) {
      throw new FourtupleError(
        'FT_ARGUMENT',
        `${name} is a report: it holds its own range, reserved and blocked ports`,
        {
          hint: 'Leave out --range, --reserved and --listening.',
        },
      );
    }
    return narrowReport(readReport(bytes, name), options.top, options.lane);
  }
  const capture = readCapture(bytes, name);
  const { namespace, findings } = examineCapture(capture, options);
  return {
    schema: 1,
    takenAt: null,
    durationSeconds: Number(((performance.now() - start) / 1000).toFixed(6)),
    host: { name: null, kernel: null },
    namespaces: [narrowNamespace(namespace, options.top, undefined)],
    findings,
  };
}

/** Nothing is known of the captured machine but what the capture holds. */
function examineCapture(capture: Capture, options: CaptureReportOptions): Examination {
  const taken = censusOfCapture(capture, options);
  const unnamed = { name: null, holder: null };
  const machine = machineOf(taken, {
    ...unnamed,
    isOwn: true,
    isCapture: true,
    path: null,
    kernel: null,
    ticksPerSecond: null,
    capabilities: null,
  });
  const namespace = reportNamespace({ ...unnamed, inode: null }, taken, {
    top: Math.max(options.top, LANES_EXAMINED),
    pattern: options.lane,
    findOwners: () => ownersOf(capture),
    timeWaitSeconds: machine.timeWaitSeconds,
    units: { ofProcess: () => null, ofCgroup: () => null },
  });
  return { namespace, machine, findings: diagnose({ ...NOT_LOOKED_AT, namespace, machine }, programNamed) };
}

/** A captured process tells its name, and nothing more. */
function programNamed({ processes: [first] }: LaneReport): Program | null {
  return first === undefined ? null : { name: first.name, version: null };
}

function ownersOf({ owners }: Capture): ReturnType<Parameters<typeof reportNamespace>[2]['findOwners']> {
  return { of: (inode) => owners.get(inode) ?? [], stopped: null, refused: null };
}

function readBytes(file: string, name: string): Uint8Array {
  try {
    return readFileSync(file === STANDARD_INPUT ? 0 : file);
  } catch (cause) {
    throw new FourtupleError('FT_CAPTURE', `${name} cannot be read: ${(cause as Error).message}`, { cause });
  }
}
