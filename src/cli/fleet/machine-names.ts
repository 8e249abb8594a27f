/** What tells a machine apart: the labels that Prometheus gave its target. */
type Labels = Readonly<Record<string, string>>;

/** `proxy-1` of `proxy-1:10404`, `2001:db8::5` of `[2001:db8::5]:10404`. */
export function hostOf({ instance = '' }: Labels): string {
  const [, bracketed, plain] = /^(?:\[([^\]]*)\]|([^:]*))(?::\d+)?$/.exec(instance) ?? [];
  return bracketed ?? plain ?? instance;
}

/**
 * What to call each machine: its host; with the port, and then with further labels that differ, where others would be
 * called the same.
 */
export function nameMachines(machines: readonly Labels[]): string[] {
  const hosts = machines.map(hostOf);
  const instances = machines.map(({ instance }) => instance ?? '');
  const byHost = countOf(hosts);
  const byInstance = countOf(instances);
  const differing = new Map<string, readonly string[]>();
  return machines.map((labels, index) => {
    const [host, instance] = [hosts[index] as string, instances[index] as string];
    if (host !== '' && byHost.get(host) === 1) return host;
    if (instance !== '' && byInstance.get(instance) === 1) return instance;
    const known =
      differing.get(instance) ?? labelsThatDiffer(machines.filter((one) => one.instance === labels.instance));
    differing.set(instance, known);
    const more = known.flatMap((label) => (labels[label] === undefined ? [] : [`${label}=${labels[label]}`]));
    return `${instance}{${more.join(',')}}`;
  });
}

function countOf(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}

function labelsThatDiffer(machines: readonly Labels[]): string[] {
  const labels = [...new Set(machines.flatMap((machine) => Object.keys(machine)))].sort();
  return labels.filter((label) => new Set(machines.map((machine) => machine[label])).size > 1);
}
