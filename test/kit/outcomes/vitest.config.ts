import { defineConfig } from 'vitest/config';
import { SummaryReporter } from '../summary-reporter.ts';

export default defineConfig({
  cacheDir: '../../../node_modules/.vite-outcomes',
  test: { include: ['*.outcome.ts'], pool: 'forks', reporters: [new SummaryReporter()] },
});
