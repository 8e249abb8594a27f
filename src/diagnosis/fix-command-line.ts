import type { Remedy, Situation } from '../remedies/remedy.ts';
import { formatLane } from '../tcp/lane.ts';

/**
 * What has this program do a remedy that is possible here: `fourtuple fix tcp-tw-reuse --netns web --apply`, for a shell.
 *
 * @returns null where the program cannot do it, where it would change nothing, where something must be filled in (as for what
 *   spreads connections), and where the network namespace is not of the machine at hand
 */
export function fixCommandLine(remedy: Remedy, { lane, machine }: Situation): string | null {
  const { fixFlags } = machine;
  if (fixFlags === null) return null;
  const words = ['fourtuple fix', remedy.id, ...(fixFlags === '' ? [] : [fixFlags])];
  if (remedy.releases === true) words.push(`--lane ${quoted(formatLane(lane))} --for ever`);
  else if ((remedy.changes?.(machine) ?? []).length === 0) return null;
  return [...words, '--apply'].join(' ');
}

/** A shell takes > for a file to write to, and the brackets of IPv6 for a pattern. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
