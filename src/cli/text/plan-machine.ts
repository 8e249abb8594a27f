import type { Report } from '../../diagnosis/report.ts';
import { toAscii } from './ascii.ts';
import { formatInstant, renderNote } from './report-head.ts';
import type { Screen } from './screen.ts';
import { severityLine } from './severity.ts';
import { style } from './style.ts';
import { wrap } from './wrap.ts';

/** What a plan is of, where it is not of flags alone. */
export interface PlanOrigin {
  /** The machine; null where it is a topology. */
  readonly taken: Pick<Report, 'host' | 'takenAt'> | null;
  /** How many times its rates; null for its own. */
  readonly growth: number | null;
  /** What matters more than the plan, one sentence each. */
  readonly warnings: readonly string[];
  /** What is not known, or left out. */
  readonly notes: readonly string[];
}

/** An answer as a person reads it, behind what it is of, and followed by what is not known. */
export function renderWithOrigin(text: string, origin: PlanOrigin, screen: Screen): string {
  const shown = (sentence: string): string => (screen.unicode ? sentence : toAscii(sentence));
  const head = shown(describeOrigin(origin));
  const blocks = [
    head === '' ? '' : style(screen, 'dim', wrap(head, screen.width)),
    origin.warnings.map((warning) => severityLine(screen, 'warning', shown(warning))).join('\n'),
    text.trimEnd(),
    origin.notes.map((note) => renderNote(shown(note), screen)).join('\n'),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function describeOrigin({ taken, growth }: PlanOrigin): string {
  const parts = [
    ...(taken === null ? [] : [taken.host.name ?? 'a captured machine']),
    ...(taken === null || taken.takenAt === null ? [] : [formatInstant(taken.takenAt)]),
    ...(growth === null ? [] : [`every rate × ${growth}, as if it were now`]),
  ];
  return parts.join(' · ');
}
