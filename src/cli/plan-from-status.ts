import { readFileSync } from 'node:fs';
import type { Report } from '../diagnosis/report.ts';
import { isReport, readReport } from '../diagnosis/report-reader.ts';
import { excerpt } from '../linux/printable.ts';
import { FourtupleError } from '../tcp/error.ts';
import { type MachineTopology, planOfReport } from './plan-of-report.ts';

const STANDARD_INPUT = '-';
const HOW_TO_TAKE = 'Take one: fourtuple status --json; of a capture: fourtuple status --from CAPTURE --json.';

/** A machine as it is, and which one. */
export interface PlannedMachine extends MachineTopology {
  readonly taken: Pick<Report, 'host' | 'takenAt'>;
}

/**
 * Reads what `status --json` printed, as a topology.
 *
 * @param file its path, or `-` for standard input
 * @throws FourtupleError FT_REPORT where it cannot be read, is no report, or has no lane
 */
export function planFromStatus(file: string): PlannedMachine {
  const name = file === STANDARD_INPUT ? 'standard input' : excerpt(file);
  const report = readStatus(readBytes(file, name), name);
  return { ...planOfReport(report, name), taken: { host: report.host, takenAt: report.takenAt } };
}

function readStatus(bytes: Uint8Array, name: string): Report {
  if (!isReport(bytes)) {
    const what = bytes.length === 0 ? 'is empty' : 'is no report: it is no JSON object';
    throw new FourtupleError('FT_REPORT', `${name} ${what}`, { hint: HOW_TO_TAKE });
  }
  try {
    return readReport(bytes, name);
  } catch (cause) {
    if (!isPlan(bytes)) throw cause;
    throw new FourtupleError('FT_REPORT', `${name} is an answer of fourtuple plan, and no report`, {
      hint: HOW_TO_TAKE,
      cause,
    });
  }
}

/** What `plan --json` prints. */
function isPlan(bytes: Uint8Array): boolean {
  try {
    const json: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof json === 'object' && json !== null && 'tiers' in json && 'exhaustedFirst' in json;
  } catch {
    return false;
  }
}

function readBytes(file: string, name: string): Uint8Array {
  try {
    return readFileSync(file === STANDARD_INPUT ? 0 : file);
  } catch (cause) {
    throw new FourtupleError('FT_REPORT', `${name} cannot be read: ${(cause as Error).message}`, { cause });
  }
}
