const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/**
 * A bar that fills: how much of a lane is used, with a mark at half, where the cliff is.
 *
 * @param ratio 0 to 1
 * @param width in characters
 */
export function renderBar(ratio: number, width: number, unicode: boolean): string {
  const clamped = Math.min(1, Math.max(0, ratio));
  // Only a full lane shows a full bar, and a used one never an empty bar.
  const steps =
    clamped === 1 ? width * 8 : Math.min(width * 8 - 1, Math.max(clamped > 0 ? 1 : 0, Math.round(clamped * width * 8)));
  if (!unicode) {
    const filled = '#'.repeat(Math.max(clamped > 0 ? 1 : 0, Math.floor(steps / 8)));
    return withMark(filled.padEnd(width, '.'), width, '.', '|');
  }
  const filled = '█'.repeat(Math.floor(steps / 8)) + (EIGHTHS[steps % 8] as string);
  return withMark(filled.padEnd(width, '░'), width, '░', '┊');
}

/** Marks the middle of a bar, where it is not filled yet. */
function withMark(bar: string, width: number, empty: string, mark: string): string {
  const middle = Math.floor(width / 2);
  return width >= 4 && bar[middle] === empty ? bar.slice(0, middle) + mark + bar.slice(middle + 1) : bar;
}
