import type { Machine } from '../../remedies/machine.ts';
import type { Remedy } from '../../remedies/remedy.ts';
import type { Host } from '../host.ts';

/** Makes the changes of a remedy on a host, in their order: what `fix --apply` does. @returns what they are, as a person reads it */
export function makeChanges(host: Host, remedy: Remedy, machine: Machine): string {
  const changes = remedy.changes?.(machine) ?? [];
  for (const { setting, value } of changes) host.writeSetting(`ipv4.${setting}`, value);
  return changes.map(({ setting, value }) => `${setting} = ${value}`).join(', ');
}
