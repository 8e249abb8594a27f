import { defineConfig } from 'vitest/config';
import { SummaryReporter } from './test/kit/summary-reporter.ts';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    // Tests enter network namespaces: that moves a thread, and only a process's main thread can call libc.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 20_000,
    reporters: ['default', new SummaryReporter()],
  },
});
