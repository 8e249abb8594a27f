// `npm start -- ARGUMENTS`: sets up, then runs the built program in this very process.

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root, setUp } from './setup.mjs';

if (await setUp()) {
  const main = join(root, 'dist/cli/main.js');
  process.argv = [process.execPath, main, ...process.argv.slice(2)];
  // npm changes to the project's folder; file names among the arguments are meant from where the person stands.
  if (process.env.npm_lifecycle_event === 'start' && process.env.INIT_CWD) process.chdir(process.env.INIT_CWD);
  await import(pathToFileURL(main).href);
}
