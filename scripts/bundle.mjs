import { chmodSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

/**
 * Replaces the modules of the program by a few bundles, one for what each command loads: eighty modules take half as long
 * again to load as Node itself. The library keeps its modules.
 * @param {string} made the folder that the compiler filled
 */
export async function bundleProgram(made) {
  const modules = join(made, 'cli');
  const bundles = join(made, 'bundles');
  const build = await rolldown({
    // What a thread runs is loaded by its name.
    input: { main: join(modules, 'main.js'), 'deadline-thread': join(modules, 'check/deadline-thread.js') },
    platform: 'node',
    external: /^(koffi|@stricli\/core|valibot|hono|@hono\/node-server|prom-client|libsql)(\/|$)/,
  });
  await build.write({ dir: bundles, format: 'esm', sourcemap: true, chunkFileNames: '[name]-[hash].js' });
  await build.close();
  rmSync(modules, { recursive: true });
  renameSync(bundles, modules);
  chmodSync(join(modules, 'main.js'), 0o755);
}
