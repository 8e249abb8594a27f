import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

/** Where a program of this name is; null where there is none. */
export function findProgram(name: string): string | null {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin'];
  return folders.map((folder) => join(folder, name)).find(isExecutable) ?? null;
}

/** Why an experiment cannot run here; null where the program that it needs is there. */
export function missingProgram(name: string): string | null {
  return findProgram(name) === null ? `${name} is not installed` : null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
