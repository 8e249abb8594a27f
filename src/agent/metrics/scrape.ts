import type { AgentHealth, AgentView, Findings } from '../agent-view.ts';
import { type LaneSample, type NamespaceSample, namespaceLabel, type OtherLanes, type Sample } from '../sample.ts';

export type Labels = Readonly<Record<string, string>>;

/** The labels that name a lane. `device` is there only where its sockets are bound to an interface. */
export const LANE_LABELS: readonly string[] = ['namespace', 'source', 'destination', 'port', 'device'];

/** The source, destination and port of all lanes that are not listed, as one. */
const OTHER = 'other';
/** The source of lanes that are counted together, whatever their source is. */
const ANY_SOURCE = '*';
/** How many lanes that a spread counts are listed of each namespace. */
const MOST_COUNTED = 50;

/** What one scrape answers with: the last sample, with the labels that its namespaces and lanes have. */
export interface Scrape {
  readonly health: AgentHealth;
  /** null before the first. */
  readonly sample: Sample | null;
  readonly namespaces: readonly LabelledNamespace[];
  readonly findings: Findings | null;
  /** How a finding's namespace is called; null for one of the whole machine. */
  labelOf(namespace: NamespaceName): string | null;
}

export interface LabelledNamespace extends NamespaceSample {
  readonly labels: Labels;
  readonly labelledLanes: readonly Labelled<LaneSample>[];
  readonly labelledOther: Labelled<OtherLanes>;
  /** Most refusals first. */
  readonly labelledCounted: readonly Labelled<Counted>[];
}

export interface Labelled<Subject> {
  readonly of: Subject;
  readonly labels: Labels;
}

type Counted = NonNullable<NamespaceSample['counted']>[number];
type NamespaceName = Pick<NamespaceSample, 'name' | 'inode'>;

export function scrapeOf(view: AgentView): Scrape {
  const { sample, findings } = view;
  const labelOf = labeller(sample?.namespaces ?? []);
  return {
    health: view.health(),
    sample,
    namespaces: (sample?.namespaces ?? []).map((namespace) => labelled(namespace, labelOf(namespace))),
    findings,
    labelOf: (namespace) => (namespace.name === null && namespace.inode === null ? null : labelOf(namespace)),
  };
}

/**
 * Pods of one name may run on one machine, and of two series with the same labels a scrape keeps one: namespaces that share
 * a name have their inode behind it.
 */
function labeller(namespaces: readonly NamespaceName[]): (namespace: NamespaceName) => string {
  const seen = new Set<string>();
  const shared = new Set<string>();
  for (const label of namespaces.map(namespaceLabel)) (seen.has(label) ? shared : seen).add(label);
  return (namespace) => {
    const label = namespaceLabel(namespace);
    return shared.has(label) ? `${label} net:[${namespace.inode}]` : label;
  };
}

function labelled(sample: NamespaceSample, namespace: string): LabelledNamespace {
  return {
    ...sample,
    labels: { namespace },
    labelledLanes: sample.lanes.map((of) => ({ of, labels: laneLabels(namespace, of) })),
    labelledOther: { of: sample.other, labels: { namespace, source: OTHER, destination: OTHER, port: OTHER } },
    labelledCounted: (sample.counted ?? [])
      .slice(0, MOST_COUNTED)
      .map((of) => ({ of, labels: laneLabels(namespace, { ...of, source: of.source ?? ANY_SOURCE, device: null }) })),
  };
}

function laneLabels(
  namespace: string,
  { source, destination, port, device }: Pick<LaneSample, 'source' | 'destination' | 'port' | 'device'>,
): Labels {
  const lane = { namespace, source, destination, port: String(port) };
  return device === null ? lane : { ...lane, device };
}
