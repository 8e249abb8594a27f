import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));
const outcomes = fileURLToPath(new URL('outcomes', import.meta.url));

it('ends a run with the skipped tests, their reasons, and one line of counts', () => {
  const run = spawnSync(process.execPath, [vitest, 'run', '--root', outcomes], { encoding: 'utf8' });
  expect(run.stdout.slice(run.stdout.indexOf('Skipped:'))).toBe(
    `Skipped:
  each.outcome.ts > is still to do: to do
  each.outcome.ts > is skipped: no reason given
  each.outcome.ts > a suite that needs what nobody has > does not run: needs no-such-program, nor-this-one

1 passed, 2 failed, 3 skipped
`,
  );
  expect(run.status).toBe(1);
});
