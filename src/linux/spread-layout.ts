import { type Address, parseAddress } from '../tcp/address.ts';
import type { Endpoint } from '../tcp/endpoint.ts';

/** What the maps of bpf/lanes.h hold: offsets in bytes, counts in the machine's byte order, addresses in the network's. */

/** A tick is 2^30 nanoseconds of the monotonic clock. */
export const TICK_SECONDS: number = 2 ** 30 / 1e9;
const TICK_SHIFT = 30n;
/** So many ticks are looked back and ahead. */
export const TICKS = 64;

export const SETTINGS = {
  size: 40,
  netnsCookie: 0,
  enabled: 8,
  choices: 12,
  rules: 16,
  heldTicks: 20,
  mostGroups: 24,
  groups: 28,
  askedPort: 32,
  lanePort: 34,
} as const;
export const ENDPOINT = { size: 20, address: 0, port: 16 } as const;
export const CHOICE = { size: 36, randomBits: 20 } as const;
export const RULE = { size: 36, address: 0, mask: 16, port: 32 } as const;
export const LANE = {
  size: 296,
  attempts: 0,
  refusals: 8,
  tick: 16,
  live: 24,
  timeWait: 28,
  entered: 40,
} as const;
export const CORRECTION = { size: 264, at: 0, left: 8 } as const;
export const COUNTS = { size: 32, spread: 0, boundBefore: 8, bindFailed: 16, uncounted: 24 } as const;

/** The tick of this moment, as 32 bits. */
export function tickNow(): number {
  return Number(BigInt.asUintN(32, process.hrtime.bigint() >> TICK_SHIFT));
}

export function writeAddress(view: DataView, at: number, address: Address): void {
  for (const [word, bits] of address.entries()) view.setUint32(at + 4 * word, bits, false);
}

export function readAddress(view: DataView, at: number): Address {
  return [0, 4, 8, 12].map((word) => view.getUint32(at + word, false)) as unknown as Address;
}

export function writeEndpoint(view: DataView, at: number, { address, port }: Endpoint): void {
  writeAddress(view, at + ENDPOINT.address, parseAddress(address));
  view.setUint16(at + ENDPOINT.port, port, false);
}

/** As the key of a map. */
export function endpointKey(endpoint: Endpoint): DataView {
  const key = new DataView(new ArrayBuffer(ENDPOINT.size));
  writeEndpoint(key, 0, endpoint);
  return key;
}

/** An address of so many ones, of 128: `maskOf(96 + 24)` for an IPv4 /24. */
export function maskOf(bits: number): Address {
  return [0, 1, 2, 3].map((word) => {
    const ones = Math.min(32, Math.max(0, bits - 32 * word));
    return ones === 0 ? 0 : (0xffff_ffff << (32 - ones)) >>> 0;
  }) as unknown as Address;
}
