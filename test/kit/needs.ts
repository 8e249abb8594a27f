import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { beforeEach } from 'vitest';

/** Skips each test of the suite it is called in (or of the file) where this machine lacks one of the programs. */
export function needsPrograms(...names: string[]): void {
  const missing = names.filter((name) => !isOnPath(name));
  if (missing.length > 0) beforeEach(({ skip }) => skip(`needs ${missing.join(', ')}`));
}

export function isOnPath(name: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => isExecutable(join(folder, name)));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
