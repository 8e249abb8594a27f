import { effect, signal } from '@preact/signals';
import { type LaneView, scene, shownLanes } from './scene.ts';
import { chosenNamespace } from './selection.ts';

/** Whether somebody points at the lanes or has the focus among them: nothing moves away under a reader. */
export const isReading = signal(false);
/** What lanes are searched for by: parts of their addresses, ports, processes. */
export const wantedText = signal('');
/** The fullest first as they were when they were sorted last: what jumped each second could not be read. */
export const orderedLanes = signal<readonly LaneView[]>([]);

const SORT_EVERY_MS = 10_000;

let order: readonly string[] = [];
let sortedFor = '';
let sortedAtMs = 0;

export function keepOrder(): void {
  effect(() => {
    const found = shownLanes.value.filter(matcher(wantedText.value));
    const now = Date.now();
    const wantedFor = `${chosenNamespace.value}\n${scene.value?.when}\n${wantedText.value}`;
    const isDue = !isReading.value && now - sortedAtMs >= SORT_EVERY_MS;
    if (wantedFor !== sortedFor || isDue || order.length === 0) {
      sortedFor = wantedFor;
      sortedAtMs = now;
      order = found.map(({ key }) => key);
      orderedLanes.value = found;
      return;
    }
    const byKey = new Map(found.map((lane) => [lane.key, lane]));
    const kept = order.map((key) => byKey.get(key)).filter((lane) => lane !== undefined);
    const known = new Set(order);
    const fresh = found.filter(({ key }) => !known.has(key));
    const all = [...kept, ...fresh];
    order = all.map(({ key }) => key);
    orderedLanes.value = all;
  });
}

function matcher(text: string): (lane: LaneView) => boolean {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return () => true;
  return ({ name, lane }) => {
    const processes = [...lane.processes, ...(lane.timeWaitProcesses ?? [])].map((one) => `${one.name} ${one.pid}`);
    const all = [name.namespace, name.source, `${name.destination}:${name.port}`, lane.unit ?? '', ...processes];
    const searched = all.join(' ').toLowerCase();
    return words.every((word) => searched.includes(word));
  };
}
