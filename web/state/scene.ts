import { computed, effect, signal } from '@preact/signals';
import type { CostJson, FindingJson, HostJson, LaneJson, NamespaceJson, SampleJson } from '../agent/json.ts';
import { type LaneName, laneKey, nameLane, namespaceLabel } from '../words/lane-name.ts';
import { fullness } from '../words/outlook.ts';
import { judge, type Verdict } from '../words/verdict.ts';
import { liveFindings, liveSample } from './connection.ts';
import { past } from './past.ts';
import { chosenLane, chosenLaneKey, chosenNamespace } from './selection.ts';

/** The machine at the instant that the page shows: now, where the person stopped it, or in the past. */
export interface Scene {
  readonly when: 'live' | 'paused' | 'past';
  readonly takenAtMs: number;
  readonly host: HostJson;
  /** Only of what is sampled now. */
  readonly cost: CostJson | null;
  readonly namespaces: readonly NamespaceView[];
  /** null before the first examination. */
  readonly findings: readonly FindingJson[] | null;
  readonly notes: readonly string[];
}

export interface NamespaceView {
  readonly label: string;
  readonly report: NamespaceJson;
  readonly lanes: readonly LaneView[];
}

export interface LaneView {
  readonly key: string;
  readonly name: LaneName;
  readonly lane: LaneJson;
  readonly namespace: NamespaceJson;
}

interface Frozen {
  readonly sample: SampleJson;
  readonly findings: readonly FindingJson[] | null;
}

/** What the person stopped the page at; null while it runs. */
export const frozen = signal<Frozen | null>(null);

export function togglePause(): void {
  const sample = liveSample.value;
  if (frozen.value !== null) frozen.value = null;
  else if (sample !== null) frozen.value = { sample, findings: liveFindings.value?.findings ?? null };
}

/** null while there is nothing to show yet. */
export const scene = computed<Scene | null>(() => {
  const then = past.value;
  if (then.state === 'there') {
    const { takenAt, host, namespaces, findings } = then.report;
    const takenAtMs = Date.parse(takenAt ?? '');
    return { when: 'past', takenAtMs, host, cost: null, namespaces: namespaces.map(view), findings, notes: [] };
  }
  if (then.state !== 'now') return null;
  const stopped = frozen.value;
  const sample = stopped?.sample ?? liveSample.value;
  if (sample === null) return null;
  return {
    when: stopped === null ? 'live' : 'paused',
    takenAtMs: Date.parse(sample.takenAt),
    host: sample.host,
    cost: sample.cost,
    namespaces: sample.namespaces.map(view),
    findings: stopped === null ? (liveFindings.value?.findings ?? null) : stopped.findings,
    notes: sample.notes,
  };
});

/** Those of the chosen namespace, or of all. */
export const shownNamespaces = computed<readonly NamespaceView[]>(() => {
  const all = scene.value?.namespaces ?? [];
  const chosen = chosenNamespace.value;
  return chosen === null ? all : all.filter(({ label }) => label === chosen);
});

/** The lanes of the shown namespaces, the fullest first. */
export const shownLanes = computed<readonly LaneView[]>(() =>
  shownNamespaces.value.flatMap(({ lanes }) => lanes).sort((a, b) => fullness(b.lane) - fullness(a.lane)),
);

/** The lane that is looked at where nobody chose one. It changes only when it is gone. */
const followed = signal<LaneName | null>(null);

export const selectedName = computed<LaneName | null>(() => chosenLane.value ?? followed.value);
export const selectedKey = computed<string | null>(() =>
  selectedName.value === null ? null : laneKey(selectedName.value),
);
/** null where no lane is looked at, and where the one that is holds no slot. */
export const selectedLane = computed<LaneView | null>(() => {
  const key = selectedKey.value;
  if (key === null) return null;
  for (const { lanes } of scene.value?.namespaces ?? []) {
    const found = lanes.find((lane) => lane.key === key);
    if (found !== undefined) return found;
  }
  return null;
});

export function followFullest(): void {
  effect(() => {
    const lanes = shownLanes.value;
    const [fullest] = lanes;
    if (chosenLaneKey.value !== null || fullest === undefined) return;
    const now = followed.peek();
    if (now === null || !lanes.some(({ key }) => key === laneKey(now))) followed.value = fullest.name;
  });
}

/** Findings of the shown namespaces. */
export const shownFindings = computed<readonly FindingJson[] | null>(() => {
  const findings = scene.value?.findings ?? null;
  if (findings === null || chosenNamespace.value === null) return findings;
  const chosen = chosenNamespace.value;
  return findings.filter((finding) => labelOf(finding) === chosen);
});

export const verdict = computed<Verdict>(() =>
  judge(
    shownLanes.value.map(({ lane, name }) => ({
      lane,
      namespace: shownNamespaces.value.length > 1 && name.namespace !== 'host' ? name.namespace : null,
    })),
    shownFindings.value,
  ),
);

/** Who has several machines open finds the one that is in need. */
export function followTitle(): void {
  effect(() => {
    const { severity } = verdict.value;
    const sign = severity === 'critical' ? '● ' : severity === 'warning' ? '○ ' : '';
    const name = scene.value?.host.name ?? null;
    document.title = name === null ? 'fourtuple' : `${sign}${name} · fourtuple`;
  });
}

/** The namespace that a finding is about. */
export function labelOf({ namespace, namespaceInode }: FindingJson): string {
  return namespaceLabel({ name: namespace, inode: namespaceInode });
}

function view(report: NamespaceJson): NamespaceView {
  const label = namespaceLabel(report);
  const lanes = report.lanes.map((lane) => {
    const name = nameLane(label, lane);
    return { key: laneKey(name), name, lane, namespace: report };
  });
  return { label, report, lanes };
}
