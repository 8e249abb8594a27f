import { existsSync } from 'node:fs';
import { afterEach, beforeEach } from 'vitest';
import { libbpf } from '../../src/linux/libbpf.ts';
import { networkNamespaceCookie } from '../../src/linux/namespace-cookie.ts';
import type { SpreadMaps } from '../../src/linux/spread-maps.ts';
import { checkSpreadLoads, LoadedSpread } from '../../src/linux/spread-object.ts';
import { attachSpread, detachSpread, findSpread } from '../../src/linux/spread-program.ts';
import type { Endpoint } from '../../src/tcp/endpoint.ts';
import type { FourtupleError } from '../../src/tcp/error.ts';
import type { SourceSpread, Spread } from '../../src/tcp/spread.ts';
import { type ControlGroup, removeControlGroups, whyNoControlGroup } from './control-group.ts';
import { ip } from './ip-command.ts';
import { endClients } from './plain-clients.ts';

const attached = new Set<string>();
const open = new Set<{ close(): void }>();

/**
 * For tests that attach eBPF to cgroups of their own, in private network namespaces: detaches all after each, and ends the
 * clients. Skips them, and says why, where the kernel or the machine does not allow it.
 */
export function usesSpreading(): void {
  const reason = whyNoControlGroup() ?? whyNoPrograms();
  beforeEach(({ skip }) => {
    if (reason !== undefined) skip(reason);
  });
  afterEach(async () => {
    await endClients();
    for (const closing of open) closing.close();
    open.clear();
    for (const directory of attached) detachSpread(directory, networkNamespaceCookie() ?? 0n);
    attached.clear();
    removeControlGroups();
  });
}

/** @throws where the kernel has all that is needed, and refuses the programs: that is no reason to skip a test */
function whyNoPrograms(): string | undefined {
  if (!existsSync('/sys/kernel/btf/vmlinux')) return 'needs a kernel with type information (CONFIG_DEBUG_INFO_BTF)';
  try {
    libbpf();
    checkSpreadLoads(sourcesTo({ address: '10.2.0.1', port: 80 }, ['10.1.0.1']));
    return undefined;
  } catch (error) {
    const { code, message } = error as FourtupleError;
    if (code === 'FT_PRIVILEGE' || message.startsWith('libbpf')) return message;
    throw error;
  }
}

/** Spreads the connections of a cgroup, and of the network namespace that this thread is in, from now on. */
export function spreadIn(group: ControlGroup, spread: Spread): SpreadMaps {
  const maps = attachOnly(group, spread);
  maps.enable();
  return maps;
}

/** The same, without spreading anything yet. */
export function attachOnly({ directory }: ControlGroup, spread: Spread): SpreadMaps {
  attachSpread(spread, directory, false, networkNamespaceCookie() ?? 0n);
  attached.add(directory);
  const found = findSpread(directory, networkNamespaceCookie() ?? 0n);
  if (found === null) throw new Error(`nothing is attached to ${directory}`);
  open.add(found.maps);
  return found.maps;
}

/** Detaches it again. */
export function detachFrom({ directory }: ControlGroup): void {
  detachSpread(directory, networkNamespaceCookie() ?? 0n);
}

/** The same, with a TIME_WAIT of so many ticks: the kernel's minute is long for a test. */
export function attachShort({ directory }: ControlGroup, spread: Spread, heldTicks: number): SpreadMaps {
  const netnsCookie = networkNamespaceCookie() ?? 0n;
  const loaded = LoadedSpread.load(spread, netnsCookie);
  open.add(loaded);
  loaded.maps.writeSpread(spread, { netnsCookie, heldTicks, mostGroups: 1 });
  for (const link of loaded.attach(directory)) open.add(link);
  return loaded.maps;
}

export function sourcesTo({ address, port }: Endpoint, sources: readonly string[]): SourceSpread {
  const whole = (text: string): number => (text.includes(':') ? 128 : 32);
  return {
    kind: 'sources',
    sources: sources.map((source) => ({ address: source, prefixLength: whole(source) })),
    to: [{ address, prefixLength: whole(address), port }],
  };
}

/** Attempts and refusals of all lanes. */
export function totals(maps: SpreadMaps): { readonly attempts: number; readonly refusals: number } {
  const lanes = maps.readLanes();
  const sum = (of: 'attempts' | 'refusals'): number => lanes.reduce((all, lane) => all + lane[of], 0);
  return { attempts: sum('attempts'), refusals: sum('refusals') };
}

/** Gives loopback these addresses. */
export function addAddresses(addresses: readonly string[]): void {
  for (const address of addresses) {
    ip(`address add ${address}/${address.includes(':') ? '128 dev lo nodad' : '32 dev lo'}`);
  }
}
