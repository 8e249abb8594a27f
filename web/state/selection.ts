import { batch, computed, effect, signal } from '@preact/signals';
import { formatLane, type LaneName, laneKey, parseLane } from '../words/lane-name.ts';

/** How far back the chart looks. */
export const RANGES = [
  { id: '10m', label: '10 min', seconds: 600 },
  { id: '1h', label: '1 h', seconds: 3_600 },
  { id: '6h', label: '6 h', seconds: 21_600 },
  { id: '1w', label: '1 week', seconds: 604_800 },
] as const;
export type Range = (typeof RANGES)[number];

/** null for all of them. */
export const chosenNamespace = signal<string | null>(null);
/** null where nobody has chosen: the page then shows the fullest. */
export const chosenLane = signal<LaneName | null>(null);
/** A moment of the past, in milliseconds since 1970; null for now. */
export const chosenMoment = signal<number | null>(null);
export const chosenRange = signal<Range>(RANGES[0]);

export const chosenLaneKey = computed(() => (chosenLane.value === null ? null : laneKey(chosenLane.value)));

/** What a link to this page, as it is now, has after its `#`. */
const wantedHash = computed(() => {
  const parts = new URLSearchParams();
  const lane = chosenLane.value;
  const namespace = chosenNamespace.value;
  if (namespace !== null) parts.set('ns', namespace);
  if (lane !== null) {
    if (lane.namespace !== namespace) parts.set('in', lane.namespace);
    parts.set('lane', formatLane(lane));
    if (lane.device !== null) parts.set('dev', lane.device);
  }
  if (chosenMoment.value !== null) parts.set('at', new Date(chosenMoment.value).toISOString());
  if (chosenRange.value !== RANGES[0]) parts.set('range', chosenRange.value.id);
  // These are as readable as they are safe behind a `#`.
  return parts.toString().replaceAll('%3A', ':').replaceAll('%3E', '>').replaceAll('%5B', '[').replaceAll('%5D', ']');
});

/** Holds the address and what is chosen together, both ways. */
export function followAddress(): void {
  readHash();
  addEventListener('hashchange', readHash);
  effect(() => {
    const wanted = wantedHash.value;
    const { pathname, search } = location;
    if (decodeHash(location.hash) !== decodeHash(wanted)) {
      history.replaceState(null, '', `${pathname}${search}${wanted === '' ? '' : `#${wanted}`}`);
    }
  });
}

function decodeHash(text: string): string {
  return new URLSearchParams(text.replace(/^#/, '')).toString();
}

function readHash(): void {
  const parts = new URLSearchParams(location.hash.replace(/^#/, ''));
  const namespace = parts.get('ns');
  const ends = parseLane(parts.get('lane') ?? '');
  const at = Date.parse(parts.get('at') ?? '');
  batch(() => {
    chosenNamespace.value = namespace;
    const inside = parts.get('in') ?? namespace;
    const lane = ends === null || inside === null ? null : { ...ends, namespace: inside, device: parts.get('dev') };
    if ((lane === null ? null : laneKey(lane)) !== chosenLaneKey.peek()) chosenLane.value = lane;
    chosenMoment.value = Number.isNaN(at) ? null : at;
    chosenRange.value = RANGES.find(({ id }) => id === parts.get('range')) ?? RANGES[0];
  });
}
