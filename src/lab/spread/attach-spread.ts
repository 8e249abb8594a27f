import { findCgroup } from '../../linux/find-cgroup.ts';
import { networkNamespaceCookie } from '../../linux/namespace-cookie.ts';
import { checkSpreadLoads } from '../../linux/spread-object.ts';
import { type HeldSpread, holdSpread } from '../../linux/spread-program.ts';
import { readNetworkSettings } from '../../linux/sysctl.ts';
import { correctCounts } from '../../spreading/correct-counts.ts';
import { HeldSlots } from '../../spreading/held-slots.ts';
import type { Endpoint } from '../../tcp/endpoint.ts';
import { FourtupleError } from '../../tcp/error.ts';
import { LINUX_DEFAULT_RANGE } from '../../tcp/port-range.ts';
import type { Spread } from '../../tcp/spread.ts';
import type { Host } from '../host.ts';

/**
 * Spreads the connections of one host to one destination, until it is detached or this process ends. It is attached to the
 * cgroup that this process and all that it has started are in: none is made, and what else is in it is left alone. Like
 * `fix` it is told first which slots are held already.
 */
export function attachSpread(host: Host, spread: Spread, destination: Endpoint): HeldSpread {
  const held = holdSpread(spread, ownCgroup(), cookieOf(host));
  try {
    held.maps.addGroup(destination);
    const slots = host.inside(() => HeldSlots.count(spread, readNetworkSettings().portRange ?? LINUX_DEFAULT_RANGE));
    correctCounts(held.maps, spread, slots.lanes());
    held.maps.enable();
    return held;
  } catch (error) {
    held.detach();
    throw error;
  }
}

/**
 * @throws FourtupleError FT_UNSUPPORTED where this process cannot attach it: it has no version-2 cgroup, libbpf is missing,
 *   or the kernel refuses, as it does inside a user namespace
 */
export function checkAttachable(spread: Spread): void {
  try {
    ownCgroup();
    checkSpreadLoads(spread);
  } catch (error) {
    if (!(error instanceof FourtupleError) || error.code !== 'FT_PRIVILEGE') throw error;
    throw new FourtupleError('FT_UNSUPPORTED', error.message, { hint: error.hint, cause: error });
  }
}

function ownCgroup(): string {
  return findCgroup({ by: 'pid', pid: process.pid }).directory;
}

function cookieOf(host: Host): bigint {
  const cookie = host.inside(networkNamespaceCookie);
  if (cookie !== null) return cookie;
  throw new FourtupleError('FT_UNSUPPORTED', 'the kernel has no numbers for network namespaces: Linux 5.14 has');
}
