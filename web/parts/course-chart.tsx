import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { chartData } from '../state/chart-data.ts';
import { historyState } from '../state/past.ts';
import { chosenRange, RANGES } from '../state/selection.ts';
import { isDark } from '../state/theme.ts';
import { describeCourse } from '../words/course.ts';
import { opensOptions, slotsOptions } from './chart-options.ts';

const SLOTS_HEIGHT = 230;
const OPENS_HEIGHT = 100;

/** Used slots and opens per second over time, and what is to come. */
export function CourseChart(): JSX.Element {
  const { course, lane } = chartData.value;
  return (
    <section class="panel course" aria-labelledby="course-title">
      <div class="panel-head">
        <h2 id="course-title">Over time</h2>
        <fieldset class="choice" aria-label="How far back">
          {RANGES.map((range) => (
            <button
              key={range.id}
              type="button"
              aria-pressed={chosenRange.value === range}
              onClick={() => (chosenRange.value = range)}
            >
              {range.label}
            </button>
          ))}
        </fieldset>
      </div>
      <Charts />
      <ul class="legend chart-legend">
        <li>
          <i class="swatch bar-live" /> live
        </li>
        <li>
          <i class="swatch bar-wait" /> TIME_WAIT
        </li>
        <li>
          <i class="swatch swatch-held" /> held: what connect() cannot take
        </li>
        <li>
          <i class="swatch swatch-ahead" /> to come, with the present load
        </li>
        <li>
          <i class="swatch swatch-cliff" /> cliff
        </li>
        <li>
          <i class="swatch swatch-refused" /> connects refused
        </li>
      </ul>
      <p class="unseen">{describeCourse(course, lane)}</p>
      {historyState.value.state === 'none' && (
        <p class="quiet note">
          The agent keeps no history: this is what the page has seen since it was opened, at most a quarter of an hour.
        </p>
      )}
    </section>
  );
}

function Charts(): JSX.Element {
  const slots = useRef<HTMLDivElement>(null);
  const opens = useRef<HTMLDivElement>(null);
  const charts = useRef<readonly uPlot[]>([]);
  const dark = isDark.value;
  const data = chartData.value;

  // The style sheet's colours are others in the dark
  useEffect(() => {
    const [upper, lower] = [slots.current as HTMLDivElement, opens.current as HTMLDivElement];
    const sync = uPlot.sync('course');
    const made = [
      new uPlot(slotsOptions(upper.clientWidth, SLOTS_HEIGHT, sync.key), chartData.peek().slots, upper),
      new uPlot(opensOptions(lower.clientWidth, OPENS_HEIGHT, sync.key), chartData.peek().opens, lower),
    ];
    for (const chart of made) sync.sub(chart);
    charts.current = made;
    const observer = new ResizeObserver(() => {
      made[0]?.setSize({ width: upper.clientWidth, height: SLOTS_HEIGHT });
      made[1]?.setSize({ width: lower.clientWidth, height: OPENS_HEIGHT });
    });
    observer.observe(upper);
    return () => {
      observer.disconnect();
      for (const chart of made) {
        sync.unsub(chart);
        chart.destroy();
      }
    };
  }, [dark]);

  useEffect(() => {
    const [upper, lower] = charts.current;
    upper?.setData(data.slots);
    lower?.setData(data.opens);
  }, [data]);

  return (
    <>
      <div class="chart-title">slots</div>
      <div class="chart" ref={slots} aria-hidden="true" />
      <div class="chart-title">opens per second</div>
      <div class="chart" ref={opens} aria-hidden="true" />
    </>
  );
}
