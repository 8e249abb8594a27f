import { writeFileSync } from 'node:fs';
import { FourtupleError } from '../tcp/error.ts';

/**
 * Writes the answer's page.
 *
 * @throws FourtupleError FT_REPORT where it cannot be written
 */
export function writePage(file: string, page: string): void {
  try {
    writeFileSync(file, page);
  } catch (cause) {
    throw new FourtupleError('FT_REPORT', `the page cannot be written: ${(cause as Error).message}`, { cause });
  }
}
