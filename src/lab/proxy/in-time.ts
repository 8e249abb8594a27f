import { FourtupleError } from '../../tcp/error.ts';
import { LINUX_TIME_WAIT_MS } from '../../tcp/time-wait.ts';

/**
 * @param since of performance.now(): when the first slot was taken, or before
 * @throws FourtupleError FT_LAB where the first slots may have come back before the last request
 */
export function checkTime(since: number): void {
  if (performance.now() - since < LINUX_TIME_WAIT_MS) return;
  throw new FourtupleError('FT_LAB', 'this machine is too slow for it: TIME_WAIT had ended before the requests had');
}
