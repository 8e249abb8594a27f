import type { FixReport } from './fix-report.ts';
import { print } from './output.ts';
import { type Screen, screenOf } from './text/screen.ts';

/** Prints what is said to a person, or all of it as JSON. */
export async function printFix<T extends FixReport>(
  report: T,
  json: boolean | undefined,
  render: (report: T, screen: Screen) => string,
): Promise<void> {
  const text =
    json === true ? `${JSON.stringify(report, null, 2)}\n` : render(report, screenOf(process.stdout, process.env));
  await print(text);
}

/** A sentence about what is done, for a person. */
export function warn(sentence: string): void {
  process.stderr.write(`fourtuple: ${sentence}\n`);
}

/**
 * The command line that this process was started with, and more, as a shell takes it.
 *
 * @param given process.argv behind the program
 */
export function commandLine(given: readonly string[], ...more: readonly string[]): string {
  return ['fourtuple', ...given.filter((word) => word !== '--json'), ...more].map(quoted).join(' ');
}

/** A word as a shell takes it. */
export function quoted(word: string): string {
  return /^[\w./:,@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
