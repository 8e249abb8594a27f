/**
 * What labels of a series do not belong to its machine. A Prometheus in Kubernetes has a label `namespace` of its own, and
 * calls the agent's `exported_namespace`.
 */
export const LANE_LABELS: readonly string[] = [
  'namespace',
  'exported_namespace',
  'source',
  'destination',
  'port',
  'device',
];

const OTHERS: readonly string[] = ['__name__', 'version', 'exported_version', 'code', 'severity', 'state', 'counted'];

/** The labels that name a machine: what Prometheus gave its target. */
export function machineLabels(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels).filter(([label]) => !LANE_LABELS.includes(label) && !OTHERS.includes(label)),
  );
}

/** The same text for the same labels. */
export function labelKey(labels: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A text as PromQL writes it. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}

/** A regular expression (RE2) for exactly these texts. */
export function anyOf(texts: readonly string[]): string {
  return texts.map((text) => text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&')).join('|');
}
