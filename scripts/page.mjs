import { join } from 'node:path';
import { build } from 'vite';

/**
 * Builds the dashboard (web/) into a folder.
 * @param {string} root
 * @param {string} made
 * @throws {Error} where a source cannot be built
 */
export async function buildPage(root, made) {
  await build({
    configFile: join(root, 'web/vite.config.mjs'),
    configLoader: 'native',
    logLevel: 'silent',
    build: { outDir: made, emptyOutDir: true },
  });
}
