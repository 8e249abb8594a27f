import { ACT_SOON_SECONDS, NO_MERE_BURST } from '../../diagnosis/rules/lane-outlook.ts';
import { anyOf, LANE_LABELS, quoted } from './labels.ts';

/** What is asked of all machines: a row for each, or for each of which there is something to tell. */
export interface OverviewQueries {
  /** Every agent that is scraped, with the time of its last sample. */
  readonly machines: string;
  /** How old the last sample is where it is too old, in seconds; below zero where the machine's clock is ahead. */
  readonly stale: string;
  /** Agents that cannot be scraped. */
  readonly down: string;
  /** How many lanes are exhausted, or will be within the hour. */
  readonly soon: string;
  /** How many lanes are past the cliff. */
  readonly pastCliff: string;
  /** Connects refused of late, by the tracepoint. */
  readonly refused: string;
  /** The same, by what a spread counts. */
  readonly spreadRefused: string;
  /** How many findings of each severity. */
  readonly findings: string;
  /** Of its fullest lane. */
  readonly utilization: string;
}

/** What is asked of machines with a lane that is exhausted, or soon will be. */
export interface FollowUpQueries {
  /** How many lanes have no free slot. */
  readonly exhausted: string;
  /** Seconds until the first lane is exhausted. */
  readonly exhausting: string;
}

/** What is asked of the machines that are listed. */
export interface DetailQueries {
  /** All figures of their worst lanes, by name. */
  readonly lanes: string;
  /** How many findings of each code. */
  readonly findingCodes: string;
}

/** What Prometheus takes for now: what is asked from then on is asked of that instant. */
export const NOW_QUERY = 'vector(time())';

/** How long ago refused connects may be to be of late. */
export const REFUSED_WINDOW_SECONDS = 300;
const WINDOW = `[${REFUSED_WINDOW_SECONDS}s]`;

/** A sample is too old for its scrape, and a scrape is too old for now. */
const STALE_SECONDS = 60;
const UNSCRAPED_SECONDS = 180;
const STALE_INTERVALS = 3;

const LANE = LANE_LABELS.join(', ');
const LISTED = 'source!="other"';
/** What series of a target have beside the labels of their target. */
const BESIDE_TARGET = 'ignoring (version, exported_version)';

export function overviewQueries(matchers: readonly string[]): OverviewQueries {
  const { series, lane, utilization } = selectors(matchers);
  const agents = series('fourtuple_build_info');
  const sampled = series('fourtuple_last_sample_timestamp_seconds');
  const intervals = `${STALE_INTERVALS} * ${series('fourtuple_sample_interval_seconds')}`;
  const silent = `${series('up')} == 0`;
  const refusals = (counter: string): string => `sum without (${LANE}) (increase(${series(counter)}${WINDOW}))`;
  return {
    machines: series('', '__name__=~"fourtuple_build_info|fourtuple_last_sample_timestamp_seconds"'),
    stale: [
      `timestamp(${sampled}) - ${sampled} > clamp_min(${intervals}, ${STALE_SECONDS})`,
      `timestamp(${sampled}) - ${sampled} < -${STALE_SECONDS}`,
      `time() - ${sampled} > clamp_min(${intervals}, ${UNSCRAPED_SECONDS})`,
    ].join(' or '),
    down: [
      // Known as an agent from before: the last hour, and some moments of the last week, which cost little to look at.
      `${silent} and ${BESIDE_TARGET} (last_over_time(${agents}[1h]) or ${agents} offset 6h or ${agents} offset 1d or ${agents} offset 1w)`,
      // Or one of a job in which every target that answers is an agent.
      `${silent} and on (job) ${agents} unless on (job) (${series('up')} == 1 unless ${BESIDE_TARGET} ${agents})`,
    ].join(' or '),
    soon: `count without (${LANE}) (${lane('exhaustion_seconds')} < ${ACT_SOON_SECONDS})`,
    pastCliff: `count without (${LANE}) (${lane('cliff_seconds')} == 0)`,
    refused: refusals('fourtuple_lane_refused_connects_total'),
    spreadRefused: refusals('fourtuple_spread_refusals_total'),
    findings: `sum without (namespace, exported_namespace, code) (${series('fourtuple_findings', 'severity=~"critical|warning"')}) > 0`,
    utilization: `max without (${LANE}) (${utilization})`,
  };
}

/** Joins two figures of each lane, which costs Prometheus most: so not of machines where it is needless. */
export function followUpQueries(matchers: readonly string[], soon: Instances): FollowUpQueries {
  const { lane, exhausting } = selectors([...only(soon), ...matchers]);
  return {
    exhausted: `count without (${LANE}) (${lane('exhaustion_seconds')} == 0)`,
    exhausting: `min without (${LANE}) (${exhausting})`,
  };
}

/** @param lanes how many of each machine, the worst */
export function detailQueries(matchers: readonly string[], listed: Instances, lanes: number): DetailQueries {
  const { series, lane, utilization, exhausting } = selectors([...only(listed), ...matchers]);
  const refused = `increase(${lane('refused_connects_total')}${WINDOW})`;
  // The first of these that a lane has tells how bad it is, from 2 to 3, 1 to 2, and 0 to 1: how many connects it refuses,
  // how soon it is exhausted, how full it is; where it is not known what is free, how full at most.
  const badness = [
    `3 - 1 / (1 + (${refused} > 0))`,
    `1 + 1 / (1 + (${exhausting}))`,
    utilization,
    `sum without (state) (${lane('used_slots')}) / ${lane('slots')}`,
  ].join(' or ');
  const figures = series('', `__name__=~"fourtuple_lane_(${LANE_GAUGES.join('|')})"`, LISTED);
  const marked = `label_replace(${refused}, "${REFUSED_MARK}", "refused", "", "")`;
  return {
    lanes: `(${figures} or ${marked}) and ignoring (state, ${REFUSED_MARK}) topk without (${LANE}) (${lanes}, ${badness})`,
    findingCodes: `sum without (namespace, exported_namespace) (${series('fourtuple_findings')}) > 0`,
  };
}

/** Machines by their label `instance`; null for all. */
export type Instances = readonly string[] | null;

/** Without it Prometheus would take what is refused for the same series as another figure of the lane. */
export const REFUSED_MARK = 'counted';

/** `fourtuple_lane_…`: all but the counters, whose values say nothing by themselves. */
const LANE_GAUGES = [
  'slots',
  'used_slots',
  'reclaimable_slots',
  'free_slots',
  'cliff_slots',
  'opens_per_second',
  'exhaustion_seconds',
  'cliff_seconds',
] as const;

interface Selectors {
  readonly series: (name: string, ...more: string[]) => string;
  /** Without what stands for all lanes that have no series of their own: it is no lane. */
  readonly lane: (name: string) => string;
  readonly utilization: string;
  /** Seconds, of each lane that is exhausted within the hour, as `doctor` judges it: a mere burst does not count. */
  readonly exhausting: string;
}

function selectors(matchers: readonly string[]): Selectors {
  const series = (name: string, ...more: string[]): string => {
    const all = [...more, ...matchers];
    return all.length === 0 ? name : `${name}{${all.join(', ')}}`;
  };
  const lane = (name: string): string => series(`fourtuple_lane_${name}`, LISTED);
  const utilization = `1 - ${lane('free_slots')} / ${lane('slots')}`;
  const exhausting = `${lane('exhaustion_seconds')} < ${ACT_SOON_SECONDS} unless ${utilization} < ${NO_MERE_BURST}`;
  return { series, lane, utilization, exhausting };
}

function only(instances: Instances): string[] {
  return instances === null ? [] : [`instance=~${quoted(anyOf(instances))}`];
}
