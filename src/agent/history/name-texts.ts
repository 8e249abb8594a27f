import type { NamespaceReport } from '../../diagnosis/report.ts';
import type { LaneName, LaneSample, NamespaceSample } from '../sample.ts';
import { namespaceLabel } from '../sample.ts';

/** What seldom changes of a namespace. */
export type NamespaceFacts = Pick<NamespaceReport, 'inode' | 'name' | 'holder' | 'source' | 'settings'>;

/** Process name, its unit, and the lane's own unit. */
export type OwnerNames = readonly [name: string | null, processUnit: string | null, laneUnit: string | null];

export function factsText({ inode, name, holder, source, settings }: NamespaceSample): string {
  const facts: NamespaceFacts = { inode, name, holder, source, settings };
  return JSON.stringify(facts);
}

/** The free text last: none of the others can hold a line's end. Made for every lane of every sample, so it is no JSON. */
export function laneText(namespace: NamespaceSample, { source, destination, port, device }: LaneSample): string {
  return `${source}\n${destination}\n${port}\n${device ?? ''}\n${namespaceLabel(namespace)}`;
}

export function laneOf(text: string): LaneName {
  const [source = '', destination = '', port, device, ...namespace] = text.split('\n');
  return {
    namespace: namespace.join('\n'),
    source,
    destination,
    port: Number(port),
    device: device === undefined || device === '' ? null : device,
  };
}

/** null where nothing is known of whose it is. */
export function ownerText({ processes: [first], unit }: LaneSample): string | null {
  if (first === undefined && unit === null) return null;
  const names: OwnerNames = [first?.name ?? null, first?.unit ?? null, unit];
  return JSON.stringify(names);
}
