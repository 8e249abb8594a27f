// `npm run bench:census -- ARGUMENTS`: sets up, compiles bench/ and runs one of its files.

import { join } from 'node:path';
import { runInForeground } from './child.mjs';
import { benches, root, setUp } from './setup.mjs';

const [name = '', ...args] = process.argv.slice(2);

if (await setUp([benches])) {
  const file = join(root, 'build/bench', `${name}.js`);
  process.exitCode = await runInForeground(process.execPath, ['--expose-gc', '--enable-source-maps', file, ...args]);
}
