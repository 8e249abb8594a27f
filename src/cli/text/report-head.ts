import type { Report } from '../../diagnosis/report.ts';
import { formatInstant } from '../../tcp/instant-text.ts';
import { formatSeconds } from '../../tcp/number-text.ts';
import type { Screen } from './screen.ts';
import { style } from './style.ts';
import { wrap } from './wrap.ts';

export { formatInstant } from '../../tcp/instant-text.ts';

/**
 * Which machine it is, when it was looked at, and how long that took.
 *
 * @param looked what was done with it: `taken`, `examined`
 */
export function renderHead(
  { host, takenAt, durationSeconds }: Pick<Report, 'host' | 'takenAt' | 'durationSeconds'>,
  screen: Screen,
  looked: string,
): string {
  const parts = [
    host.name ?? 'a captured machine',
    host.kernel === null ? null : `Linux ${host.kernel}`,
    takenAt === null ? null : formatInstant(takenAt),
    `${takenAt === null ? 'read' : looked} in ${formatSeconds(durationSeconds)}`,
  ];
  return style(screen, 'dim', parts.filter((part) => part !== null).join(screen.unicode ? ' · ' : ', '));
}

/** What is not shown, or shown with less certainty. */
export function renderNote(note: string, screen: Screen): string {
  return style(screen, 'yellow', wrap(`note: ${note}`, screen.width));
}
