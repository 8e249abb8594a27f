import { examineNamespace } from '../diagnosis/examine-namespace.ts';
import { situationOf } from '../diagnosis/lane-situation.ts';
import type { Situation } from '../remedies/remedy.ts';
import { FourtupleError } from '../tcp/error.ts';
import type { Host } from './host.ts';
import { identityOf } from './host-machine.ts';

/**
 * What remedies are judged by on a host that has one lane: as `doctor` sees it, its network measured by the connections
 * that live on it.
 *
 * @throws FourtupleError FT_LAB where it has none
 */
export async function laneOfHost(host: Host): Promise<Situation> {
  const identity = { ...identityOf(host), inode: host.namespace.inode };
  const place = await examineNamespace(host.namespace, identity, { top: 1, ownersMs: 0, thorough: false });
  const [lane] = place.namespace.lanes;
  if (lane === undefined) throw new FourtupleError('FT_LAB', `${host.name} has no lane`);
  return situationOf(lane, place, () => null);
}
