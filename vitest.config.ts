import { defineConfig } from 'vitest/config';
import { SummaryReporter } from './test/kit/summary-reporter.ts';

/** Tests that need a steady pace, fill a lane with a real client, or compare the whole machine: nothing may run beside them. */
const ALONE = [
  'test/cli/lab-ended.test.ts',
  'test/cli/lab-shell.test.ts',
  'test/cli/lab.test.ts',
  'test/kernel/agent-alert.test.ts',
  'test/kernel/clients.test.ts',
  'test/kernel/forecast.test.ts',
  'test/kernel/lab-spread.test.ts',
  'test/kernel/plan-rate.test.ts',
  'test/kernel/recycle-clients.test.ts',
  'test/kernel/recycling.test.ts',
  'test/kernel/remedies.test.ts',
  'test/kernel/watch-closes.test.ts',
];

/** Tests of whole programs that answer to the clock, with browsers, agents and Prometheus beside each other. */
const PROGRAMS = [
  'test/agent/http-events.test.ts',
  'test/cli/agent.test.ts',
  'test/cli/fleet-agents.test.ts',
  'test/cli/fleet.test.ts',
  'test/deploy/systemd-run.test.ts',
  'test/web/**/*.test.ts',
];

export default defineConfig({
  test: {
    // Tests enter network namespaces: that moves a thread, and only a process's main thread can call libc.
    pool: 'forks',
    testTimeout: 20_000,
    hookTimeout: 20_000,
    reporters: ['default', new SummaryReporter()],
    projects: [
      {
        extends: true,
        test: {
          name: 'together',
          include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'web/**/*.test.ts'],
          exclude: [...ALONE, ...PROGRAMS],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'programs',
          include: PROGRAMS,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
          retry: 1,
        },
      },
      {
        extends: true,
        test: {
          name: 'alone',
          include: ALONE,
          fileParallelism: false,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
          // A machine that others use too may not run them for some hundredths of a second: what fails twice has failed.
          retry: 1,
        },
      },
    ],
  },
});
