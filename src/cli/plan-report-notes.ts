import type { NamespaceReport } from '../diagnosis/report.ts';
import { formatShare, plural } from '../tcp/number-text.ts';
import type { LaneGroup } from './plan-lane-groups.ts';
import type { Doubt, LaneLoad } from './plan-lane-load.ts';
import { formatTime } from './text/plan-figures.ts';

/** Lanes and what is known of their load. */
export interface PlannedLanes {
  readonly group: LaneGroup;
  readonly load: LaneLoad;
}

const LANES_NAMED = 3;
/** From this share of its slots on, status shows a lane in red. */
const FULL = 0.9;

interface DoubtText {
  /** What is told of each lane that is named. */
  name(planned: PlannedLanes): string;
  /** @param rest what is said of lanes without a rate */
  sentence(names: string, rest: string): string;
}

/** The most telling first. */
const TEXTS: Readonly<Record<Doubt, DoubtText>> = {
  'rate-unknown': {
    name: withFullness,
    sentence: (names, rest) =>
      `How often connections are opened is not known of ${names}: ${rest}. On the machine, fourtuple status --json --watch-closes 10s sees it.`,
  },
  'opens-nothing': {
    name: withFullness,
    sentence: (names, rest) => `No connection is opened on ${names}, and what is held there may stay: ${rest}.`,
  },
  'rate-partly-unknown': {
    name: withFullness,
    sentence: (names) =>
      `How often connections are opened is not known of all destinations behind ${names}: what the others hold is counted, what they open is not.`,
  },
  'life-unknown': {
    name: withHold,
    sentence: (names) =>
      `How long connections live is not known of ${names}: what is taken is what the live ones and the rate tell.`,
  },
  'close-unknown': {
    name: withHold,
    sentence: (names) =>
      `No connection was seen to close on ${names}: what is taken is the least time that the live ones and the rate tell, and that this end closes first.`,
  },
  'both-close': {
    name: withAfterClose,
    sentence: (names) =>
      `Either end closes some connections first on ${names}: how long a slot is held afterwards is the mean of all.`,
  },
  'reuse-unknown': {
    name: withName,
    sentence: (names) =>
      `Whether tcp_tw_reuse applies is not known of ${names}: it is taken to be off; if it applies, much more can be sustained.`,
  },
  'reuse-useless': {
    name: withName,
    sentence: (names) =>
      `tcp_tw_reuse is on, and does not apply to ${names}, where the other end has no timestamps: what tcp-tw-reuse would gain is not to be had.`,
  },
};

/** What a plan cannot rank, and is nearly full as it is. */
export function warnOfFull(planned: readonly PlannedLanes[]): string[] {
  return planned
    .filter(({ group, load }) => load.traffic === null && group.fullness >= FULL)
    .map(
      ({ group }) =>
        `${group.name} is ${formatShare(group.fullness)} full as it is, and at what rate is not known: it may give out before all others.`,
    );
}

/** A note for each doubt, with the lanes that it is about. */
export function noteDoubts(planned: readonly PlannedLanes[]): string[] {
  const rest = planned.some(({ load }) => load.traffic !== null)
    ? 'only slots are told, and what gives out first is said of the others'
    : 'only slots are told, and what gives out first is what has the fewest, not what is fullest';
  return Object.entries(TEXTS).flatMap(([doubt, { name, sentence }]) => {
    const lanes = planned.filter(({ load }) => load.doubts.some((own) => own === doubt));
    return lanes.length === 0 ? [] : [sentence(listed(lanes.map(name)), rest)];
  });
}

/** What a report says is less certain. Whose sockets they are makes no difference to a plan. */
export function reportNotes(namespaces: Iterable<NamespaceReport>): string[] {
  const notes = new Set(Array.from(namespaces, (namespace) => namespace.notes).flat());
  return [...notes].filter((note) => !/owners/i.test(note));
}

/**
 * What is not planned.
 *
 * @param tiers that are
 * @param left lanes of the report that are not
 * @param omitted lanes that the report itself leaves out
 */
export function noteOmitted(tiers: number, left: number, omitted: number): string[] {
  return [
    ...(left === 0 ? [] : [`These are the ${tiers} fullest, and ${plural(left, 'lane')} more are less full.`]),
    ...(omitted === 0
      ? []
      : [`The report leaves out ${plural(omitted, 'lane')} more: fourtuple status --json --top all lists them.`]),
  ];
}

/** `a, b and c`, `a, b, c and 4 more`. */
function listed(names: readonly string[]): string {
  const more = names.length - LANES_NAMED;
  const items = more > 0 ? [...names.slice(0, LANES_NAMED), `${more} more`] : names;
  const last = items.at(-1) ?? '';
  return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} and ${last}`;
}

function withName({ group }: PlannedLanes): string {
  return group.name;
}

function withFullness({ group }: PlannedLanes): string {
  return `${group.name} (${formatShare(group.fullness)} full)`;
}

function withHold({ group, load }: PlannedLanes): string {
  return `${group.name} (${formatTime(load.traffic?.holdSeconds ?? 0)})`;
}

function withAfterClose({ group, load }: PlannedLanes): string {
  return `${group.name} (${formatTime(load.times.reuseDelaySeconds ?? load.times.timeWaitSeconds)})`;
}
