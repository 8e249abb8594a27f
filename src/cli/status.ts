import { quoted } from './fix-output.ts';
import { print } from './output.ts';
import { checkCombination } from './report-flags.ts';
import { checkHistoryFlags } from './status-at-flags.ts';
import type { StatusFlags } from './status-flags.ts';
import { takeReport } from './take-report.ts';

/** How many lanes are listed where nothing else is said: what fits a screen, and what a program can take. */
const DEFAULT_TOP_TEXT = 20;
const DEFAULT_TOP_JSON = 1_000;

/** `fourtuple status`. */
export async function status(flags: StatusFlags): Promise<void> {
  checkHistoryFlags(flags);
  checkCombination(flags);
  const top = flags.top ?? (flags.json === true ? DEFAULT_TOP_JSON : DEFAULT_TOP_TEXT);
  const report = await (flags.at === undefined
    ? takeReport(flags, { top, thorough: false })
    : (await import('./status-at.ts')).reportAt(flags.at, flags, top));
  if (flags.json === true) {
    const { writeReport } = await import('./report-json.ts');
    await writeReport(report, print);
  } else {
    const { renderReport } = await import('./text/report-text.ts');
    const { screenOf } = await import('./text/screen.ts');
    await print(renderReport(report, screenOf(process.stdout, process.env), doctorCommand(flags)));
  }
}

/** The command that looks at the same namespaces, at the same time. */
function doctorCommand({ all, netns, from, at, history }: StatusFlags): string {
  if (at !== undefined) {
    const file = history === undefined ? '' : ` --history ${quoted(history)}`;
    return `fourtuple status --at ${new Date(at).toISOString()}${file} --json | fourtuple doctor --from -`;
  }
  const reach = [
    ...(all === true ? ['--all'] : []),
    ...(netns === undefined ? [] : ['--netns', netns]),
    ...(from === undefined ? [] : ['--from', from]),
  ];
  return ['fourtuple doctor', ...reach].join(' ');
}
