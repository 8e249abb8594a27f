import { accessSync, constants, existsSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { FourtupleError } from '../tcp/error.ts';

/**
 * Writes a page.
 *
 * @throws FourtupleError FT_REPORT where it cannot be written
 */
export function writePage(file: string, page: string): void {
  orThrow(() => writeFileSync(file, page));
}

/**
 * Looks whether a page can be written there, for what takes long before it is.
 *
 * @throws FourtupleError FT_REPORT where it cannot be written
 */
export function checkPage(file: string): void {
  orThrow(() => accessSync(existsSync(file) ? file : dirname(file), constants.W_OK));
}

function orThrow(access: () => void): void {
  try {
    access();
  } catch (cause) {
    throw new FourtupleError('FT_REPORT', `the page cannot be written: ${(cause as Error).message}`, { cause });
  }
}
