import type { Reporter, SerializedError, TestCase, TestModule } from 'vitest/node';

interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly string[];
}

/** Ends a run with every skipped test's name and reason, and with one line for machines: `N passed, N failed, N skipped`. */
export class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    process.stdout.write(summaryOf(outcomeOf(modules, unhandledErrors)));
  }
}

function summaryOf({ passed, failed, skipped }: Outcome): string {
  const names = skipped.map((line) => `  ${line}\n`).join('');
  return `${names && `Skipped:\n${names}\n`}${passed} passed, ${failed} failed, ${skipped.length} skipped\n`;
}

/** What fails outside of any test counts as a failure too: a file that cannot be loaded, a hook, an unhandled error. */
function outcomeOf(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): Outcome {
  let passed = 0;
  let failed = unhandledErrors.length;
  const skipped: string[] = [];
  for (const module of modules) {
    const suites = [module, ...module.children.allSuites()];
    failed += suites.filter((suite) => suite.errors().length > 0).length;
    for (const test of module.children.allTests()) {
      const result = test.result();
      if (result.state === 'passed') passed++;
      else if (result.state === 'failed') failed++;
      else skipped.push(`${module.relativeModuleId} > ${test.fullName}: ${reasonOf(test)}`);
    }
  }
  return { passed, failed, skipped };
}

function reasonOf(test: TestCase): string {
  const result = test.result();
  if (result.state === 'pending') return 'not run';
  if (result.state === 'skipped' && result.note) return result.note;
  return test.options.mode === 'todo' ? 'to do' : 'no reason given';
}
