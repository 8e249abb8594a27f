import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the project: of tests it is two folders up, of benches, which are compiled, three. */
export const ROOT: string = folderWith('package.json', dirname(fileURLToPath(import.meta.url)));

/** The program as it is installed. */
export const PROGRAM: string = join(ROOT, 'dist/cli/main.js');

function folderWith(name: string, folder: string): string {
  return existsSync(join(folder, name)) ? folder : folderWith(name, dirname(folder));
}
