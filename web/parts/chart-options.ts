import type uPlot from 'uplot';
import { chartData } from '../state/chart-data.ts';
import { formatClock } from '../words/instants.ts';
import { formatCount, formatRate, formatWait } from '../words/numbers.ts';
import { cssColor } from './color.ts';

const FONT = '11px system-ui, sans-serif';
const AXIS_WIDTH = 58;

export function slotsOptions(width: number, height: number, syncKey: string): uPlot.Options {
  const [live, wait, ink] = [cssColor('live'), cssColor('wait'), cssColor('ink')];
  return {
    ...common(width, height, syncKey),
    scales: {
      x: { time: true, range: timeRange },
      y: { range: (_, _min, max) => [0, Math.max(1, 1.06 * (chartData.peek().lane?.slots ?? max))] },
    },
    series: [
      {},
      { stroke: wait, width: 1, fill: cssColor('wait', 0.32), points: { show: false } },
      { stroke: live, width: 1, fill: cssColor('live', 0.45), points: { show: false } },
      { stroke: ink, width: 1.75, points: { show: false } },
      { stroke: ink, width: 1.75, dash: [6, 5], spanGaps: true, points: { show: false } },
    ],
    axes: [timeAxis(false), countAxis((count) => formatCount(count))],
    hooks: { drawAxes: [drawAhead], draw: [drawLevels, drawEnd, drawRefused] },
  };
}

export function opensOptions(width: number, height: number, syncKey: string): uPlot.Options {
  return {
    ...common(width, height, syncKey),
    scales: {
      x: { time: true, range: timeRange },
      y: { range: (_, _min, max) => [0, Math.max(1, 1.15 * (max ?? 0))] },
    },
    series: [{}, { stroke: cssColor('live'), width: 1.5, fill: cssColor('live', 0.12), points: { show: false } }],
    axes: [timeAxis(true), countAxis((rate) => formatRate(rate))],
    hooks: { drawAxes: [drawAhead] },
  };
}

function common(
  width: number,
  height: number,
  syncKey: string,
): Pick<uPlot.Options, 'width' | 'height' | 'legend' | 'cursor' | 'padding'> {
  return {
    width,
    height,
    legend: { show: false },
    cursor: { sync: { key: syncKey }, drag: { x: false, y: false }, y: false, points: { show: false } },
    padding: [16, 12, 0, 0],
  };
}

function timeRange(): [number, number] {
  const { since, until } = chartData.peek().window;
  return [since, until];
}

function timeAxis(hasLabels: boolean): uPlot.Axis {
  return {
    stroke: cssColor('quiet'),
    font: FONT,
    size: hasLabels ? 26 : 8,
    grid: { stroke: cssColor('line', 0.6), width: 1 },
    ticks: { show: false },
    space: 80,
    values: (_, splits, _axis, _space, step) => splits.map((at) => (hasLabels ? formatSplit(at, step) : '')),
  };
}

function formatSplit(at: number, step: number): string {
  if (step >= 86_400) return new Date(at * 1000).toLocaleDateString('en-GB', { weekday: 'short', day: 'numeric' });
  const clock = formatClock(at * 1000);
  return step >= 60 ? clock.slice(0, 5) : clock;
}

function countAxis(format: (value: number) => string): uPlot.Axis {
  return {
    stroke: cssColor('quiet'),
    font: FONT,
    size: AXIS_WIDTH,
    grid: { stroke: cssColor('line', 0.6), width: 1 },
    ticks: { show: false },
    values: (_, splits) => splits.map(format),
  };
}

/** The end, and the cliff. */
function drawLevels(chart: uPlot): void {
  const { lane } = chartData.peek();
  if (lane === null) return;
  drawLevel(chart, lane.slots, cssColor('critical'), [], `${formatCount(lane.slots)} slots: the end`, true);
  if (lane.cliffAt !== null) {
    drawLevel(chart, lane.cliffAt, cssColor('cliff'), [3, 3], `the cliff: ${formatCount(lane.cliffAt)}`, false);
  }
}

function drawLevel(chart: uPlot, count: number, color: string, dash: number[], label: string, isAbove: boolean): void {
  const { ctx, bbox } = chart;
  const y = Math.round(chart.valToPos(count, 'y', true));
  ctx.save();
  ctx.strokeStyle = color;
  ctx.fillStyle = color;
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash(dash.map((length) => length * devicePixelRatio));
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.font = scaled(FONT);
  ctx.textAlign = 'left';
  ctx.textBaseline = 'alphabetic';
  ctx.fillText(label, bbox.left + 6 * devicePixelRatio, y + (isAbove ? -5 : 13) * devicePixelRatio);
  ctx.restore();
}

/** What is right of the instant that the page shows is to come. */
function drawAhead(chart: uPlot): void {
  const { ctx, bbox } = chart;
  const x = Math.round(chart.valToPos(chartData.peek().window.at, 'x', true));
  ctx.save();
  ctx.fillStyle = cssColor('ahead');
  ctx.fillRect(x, bbox.top, bbox.left + bbox.width - x, bbox.height);
  ctx.fillStyle = cssColor('quiet', 0.7);
  ctx.fillRect(x, bbox.top, devicePixelRatio, bbox.height);
  ctx.restore();
}

/** Where no slot is free any more. */
function drawEnd(chart: uPlot): void {
  const { lane, window } = chartData.peek();
  const seconds = lane?.secondsToExhaustion ?? null;
  if (lane === null || seconds === null || seconds === 0 || window.at + seconds > window.until) return;
  const { ctx } = chart;
  const x = chart.valToPos(window.at + seconds, 'x', true);
  const y = chart.valToPos(lane.slots, 'y', true);
  const color = cssColor('critical');
  ctx.save();
  ctx.fillStyle = color;
  ctx.beginPath();
  ctx.arc(x, y, 4 * devicePixelRatio, 0, 2 * Math.PI);
  ctx.fill();
  ctx.font = scaled(`bold ${FONT}`);
  ctx.textBaseline = 'alphabetic';
  const label = `full in ${formatWait(seconds)}`;
  const room = chart.bbox.left + chart.bbox.width - x - 10 * devicePixelRatio;
  ctx.textAlign = ctx.measureText(label).width < room ? 'left' : 'right';
  const aside = ctx.textAlign === 'left' ? 8 : -8;
  ctx.fillText(label, x + aside * devicePixelRatio, y + 15 * devicePixelRatio);
  ctx.restore();
}

/** A mark at the top for each time that connects found no port. */
function drawRefused(chart: uPlot): void {
  const { refusedAt } = chartData.peek();
  const { ctx, bbox } = chart;
  const half = 3.5 * devicePixelRatio;
  ctx.save();
  ctx.fillStyle = cssColor('critical');
  let last = Number.NEGATIVE_INFINITY;
  for (const at of refusedAt) {
    const x = chart.valToPos(at, 'x', true);
    if (x < bbox.left || x - last < half) continue;
    last = x;
    ctx.beginPath();
    ctx.moveTo(x - half, bbox.top - 2 * half);
    ctx.lineTo(x + half, bbox.top - 2 * half);
    ctx.lineTo(x, bbox.top - half / 2);
    ctx.fill();
  }
  ctx.restore();
}

/** A canvas has as many pixels as the screen. */
function scaled(font: string): string {
  return font.replace(/(\d+)px/, (_, size) => `${Number(size) * devicePixelRatio}px`);
}
