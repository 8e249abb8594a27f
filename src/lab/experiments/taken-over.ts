import { readTcpCounters } from '../../linux/tcp-counters.ts';
import { FourtupleError } from '../../tcp/error.ts';
import type { Host } from '../host.ts';

/**
 * How many TIME_WAIT slots connect() has taken over on a host since it was made, as the kernel has counted them.
 *
 * @throws FourtupleError FT_LAB where it does not tell
 */
export function takenOver(host: Host): number {
  const count = host.inside(readTcpCounters)?.timeWaitReuses ?? null;
  if (count === null) throw new FourtupleError('FT_LAB', `the counters of ${host.name} cannot be read`);
  return count;
}
