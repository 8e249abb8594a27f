import type { JSX } from 'preact';

interface CurveProps {
  /** How many slots come free in each of the next seconds. */
  readonly curve: readonly number[];
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The release curve as bars: the age of what is in TIME_WAIT. */
export function ReleaseCurve({ curve, x, y, width, height }: CurveProps): JSX.Element | null {
  const most = Math.max(...curve);
  if (most === 0) return null;
  const step = width / curve.length;
  const bars = curve.map((count, second) => {
    const tall = (height * count) / most;
    return `M${(x + (second + 0.5) * step).toFixed(1)} ${y + height}v${(-tall).toFixed(1)}`;
  });
  return <path class="release-curve" d={bars.join('')} stroke-width={step * 0.75} />;
}
