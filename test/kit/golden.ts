import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

const FOLDER = new URL('../golden/', import.meta.url);

/**
 * Compares text with a file of test/golden. With UPDATE_GOLDEN=1 in the environment the file is written instead: look at
 * what has changed before you commit it.
 */
export function expectGolden(name: string, text: string): void {
  const file = fileURLToPath(new URL(name, FOLDER));
  if (process.env.UPDATE_GOLDEN === '1') {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return;
  }
  expect(existsSync(file), `test/golden/${name} exists; UPDATE_GOLDEN=1 writes it`).toBe(true);
  expect(text, `test/golden/${name}; UPDATE_GOLDEN=1 writes it anew`).toBe(readFileSync(file, 'utf8'));
}
