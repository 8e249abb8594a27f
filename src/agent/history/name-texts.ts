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

export function laneText(namespace: NamespaceSample, { source, destination, port, device }: LaneSample): string {
  return JSON.stringify([namespaceLabel(namespace), source, destination, port, device]);
}

export type LaneTuple = readonly [
  namespace: string,
  source: string,
  destination: string,
  port: number,
  device: string | null,
];

export function laneOf([namespace, source, destination, port, device]: LaneTuple): LaneName {
  return { namespace, source, destination, port, device };
}

/** null where nothing is known of whose it is. */
export function ownerText({ processes: [first], unit }: LaneSample): string | null {
  if (first === undefined && unit === null) return null;
  const names: OwnerNames = [first?.name ?? null, first?.unit ?? null, unit];
  return JSON.stringify(names);
}
