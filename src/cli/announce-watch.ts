import { formatSeconds } from '../tcp/number-text.ts';
import { screenOf } from './text/screen.ts';

/** Says on a terminal why nothing is seen for a while. */
export function announceWatch(ms: number): void {
  if (process.stderr.isTTY !== true) return;
  const dots = screenOf(process.stderr, process.env).unicode ? '…' : '...';
  process.stderr.write(`watching closes for ${formatSeconds(ms / 1_000)}${dots}\n`);
}
