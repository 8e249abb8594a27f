// `npm test -- ARGUMENTS`: sets up, installs the programs that tests use as real parts, and runs vitest.

import { join } from 'node:path';
import { runInForeground } from './child.mjs';
import { installTestParts } from './debian.mjs';
import { root, setUp } from './setup.mjs';

if ((await setUp()) && (await installTestParts())) {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  process.exitCode = await runInForeground(process.execPath, [vitest, 'run', ...process.argv.slice(2)], { cwd: root });
}
