import type { JSX } from 'preact';
import { releaseCurve } from '../agent/port-map.ts';
import { portMap } from '../state/ports.ts';

/** How many slots come free in each of the next seconds, as bars: the age of what is in TIME_WAIT. */
export function ReleaseCurve(props: { x: number; y: number; width: number; height: number }): JSX.Element | null {
  const ports = portMap.value.state === 'there' ? portMap.value.ports : null;
  if (ports === null) return null;
  const curve = releaseCurve(ports);
  const most = Math.max(...curve);
  if (most === 0) return null;
  const { x, y, width, height } = props;
  const step = width / curve.length;
  const path = curve
    .map((count, second) => {
      const tall = (height * count) / most;
      return `M${(x + second * step).toFixed(1)} ${y + height}v${(-tall).toFixed(1)}`;
    })
    .join('');
  return <path class="release-curve" d={path} stroke-width={step * 0.7} />;
}
