import { formatCount, plural } from '../../tcp/number-text.ts';
import { describeAlarm, describeFullness, describePlace } from './alarm-text.ts';
import type { Looked } from './check-details.ts';
import { type Place, placesOf } from './figures.ts';
import { perfdataOf } from './figures-perfdata.ts';
import { type Alarm, stateOf } from './judge.ts';
import { formatPerfdata } from './perfdata.ts';
import { plainText } from './plain-text.ts';
import { stateLine } from './state.ts';

/** Monitoring systems of old take no more of a line, and a text message ends before it. */
const LINE_LENGTH = 255;

/**
 * The line that a monitoring system shows: the state, what is so, what to run next, and the figures for graphs.
 *
 * @param next commands that tell more about the first alarm, the most exact first; the first one that fits is named
 */
export function checkLine(looked: Looked, next: readonly string[]): string {
  const { verdict, figures, report, thresholds } = looked;
  const words = verdict.alarms.length === 0 ? [describeHealthy(looked)] : describeAlarms(looked);
  const text = shorten(stateLine(verdict.state), words, verdict.state === 'OK' ? [] : next);
  return `${text} | ${formatPerfdata(perfdataOf(figures, thresholds, report))}`;
}

/** As many of the sentences as fit, and the first of the commands that does; the first sentence in any case. */
function shorten(start: string, sentences: readonly string[], next: readonly string[]): string {
  const plain = sentences.map(plainText);
  const texts = plain.map((_, index) => plain.slice(0, plain.length - index).join('; '));
  const last = texts.at(-1) ?? '';
  const whole = [...texts.flatMap((text) => next.map((command) => `${text}; next: ${command}`)), ...texts];
  const fitting = whole.find((text) => start.length + text.length <= LINE_LENGTH);
  return start + (fitting ?? `${last.slice(0, LINE_LENGTH - start.length - 3)}...`);
}

/** A lane that is full and runs out is told once. */
function describeAlarms(looked: Looked): string[] {
  const { figures, verdict } = looked;
  const told: Alarm[] = [];
  for (const alarm of verdict.alarms) {
    const isTold = told.some(
      ({ place, measure }) => place?.lane === alarm.place?.lane && saysAll(measure, alarm.measure),
    );
    if (!isTold) told.push(alarm);
  }
  return told.map((alarm) => `${describeAlarm(alarm, figures)}${describeOthers(alarm, looked)}`);
}

function saysAll(told: Alarm['measure'], measure: Alarm['measure']): boolean {
  const ofLanes: readonly Alarm['measure'][] = ['utilization', 'seconds'];
  return ofLanes.includes(told) && ofLanes.includes(measure);
}

function describeOthers(alarm: Alarm, { report, thresholds }: Looked): string {
  if (alarm.measure !== 'utilization' && alarm.measure !== 'seconds') return '';
  const { measure, place } = alarm;
  const alarming = ({ lane }: Place): boolean => {
    const value = measure === 'seconds' ? lane.secondsToExhaustion : lane.utilization;
    if (value === null) return false;
    return stateOf(measure === 'seconds' ? value : 100 * value, thresholds[measure]) !== 'OK';
  };
  const others = placesOf(report).filter((one) => one.lane !== place.lane && alarming(one)).length;
  return others === 0 ? '' : ` (and ${plural(others, 'more lane')})`;
}

function describeHealthy({ figures: { fullest, perhapsFuller }, report, isNarrowed }: Looked): string {
  const place = fullest ?? perhapsFuller;
  if (place !== null) return `the fullest lane, ${describePlace(place)}, is ${describeFullness(place.lane)}`;
  if (isNarrowed) return 'no lane matches: no connection that --lane names holds an ephemeral port';
  const [only, ...others] = report.namespaces;
  const room =
    only === undefined || others.length > 0 ? '' : `, and each lane would have ${formatCount(only.ports.usable)}`;
  return `no connection holds an ephemeral port${room}`;
}
