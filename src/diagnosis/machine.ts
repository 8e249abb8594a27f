import { basename, dirname } from 'node:path';
import type { NamespaceCensus } from '../census/namespace-census.ts';
import { type Capability, hasCapability } from '../linux/capabilities.ts';
import { NAMED_NAMESPACES } from '../linux/namespace-reference.ts';
import type { SegmentCounts } from '../linux/segment-counts.ts';
import { parseKernelVersion } from '../remedies/kernel-version.ts';
import type { Machine } from '../remedies/machine.ts';
import { meanTimeWaitSeconds } from '../tcp/time-wait.ts';
import type { NamespaceReport } from './report.ts';

const ASKED: readonly Capability[] = ['CAP_BPF', 'CAP_NET_ADMIN', 'CAP_SYS_ADMIN'];

/** Which machine it is, and which namespace of it: what a census does not know. */
export interface MachineIdentity extends Pick<NamespaceReport, 'name' | 'holder'> {
  /** As `uname -r` gives it; null where not known. */
  readonly kernel: string | null;
  /** Whether commands typed on this machine need not enter the namespace: it is the own one. */
  readonly isOwn: boolean;
  /** Of another machine, and of another time: nothing can be changed there from here. */
  readonly isCapture?: true;
  /** Where its file is mounted; null where it lives by its processes alone. */
  readonly path: string | null;
  /** The kernel's HZ; null where not known. */
  readonly ticksPerSecond: number | null;
  readonly capabilities: ReadonlySet<string> | null;
}

/**
 * What remedies must know of the machine that a census was taken on.
 *
 * @param segments all that the namespace has sent; null where not known
 */
export function machineOf(
  { census, settings }: NamespaceCensus,
  identity: MachineIdentity,
  segments: SegmentCounts | null = null,
): Machine {
  const { range, reserved } = census.pool;
  return {
    kernel: identity.kernel === null ? null : parseKernelVersion(identity.kernel),
    range,
    reserved,
    listening: [...new Set(census.scan.listeners.map(({ port }) => port))].sort((a, b) => a - b),
    unprivilegedPortStart: settings.unprivilegedPortStart,
    tcpTwReuse: settings.tcpTwReuse,
    tcpTwReuseDelaySeconds: settings.tcpTwReuseDelaySeconds,
    tcpTimestamps: settings.tcpTimestamps,
    tcpMaxTwBuckets: settings.tcpMaxTwBuckets,
    tcpFinTimeoutSeconds: settings.tcpFinTimeoutSeconds,
    timeWaitSeconds: meanTimeWaitSeconds(identity.ticksPerSecond),
    segments,
    commandPrefix: commandPrefix(identity),
    fixFlags: fixFlags(identity),
    capabilities: identity.capabilities,
  };
}

/** The capabilities of this process, of those that a remedy can need; null where they are not known. */
export function ownCapabilities(): ReadonlySet<string> | null {
  const held = ASKED.map((capability) => [capability, hasCapability(capability)] as const);
  if (held.some(([, holds]) => holds === null)) return null;
  return new Set(held.filter(([, holds]) => holds === true).map(([capability]) => capability));
}

/** By its file where it has one: processes end. */
function commandPrefix({ isOwn, path, holder, name }: MachineIdentity): string {
  if (isOwn) return '';
  if (path !== null) return isNamedNamespace(path) ? `ip netns exec ${basename(path)}` : `nsenter --net=${path}`;
  if (holder !== null) return `nsenter -t ${holder.pid} -n`;
  return name === null || name === 'host' ? '' : `ip netns exec ${name}`;
}

/** Like {@link commandPrefix}: what `--netns` takes. */
function fixFlags({ isOwn, isCapture, path, holder }: MachineIdentity): string | null {
  if (isCapture === true) return null;
  if (isOwn) return '';
  if (path !== null) return `--netns ${isNamedNamespace(path) ? basename(path) : path}`;
  return holder === null ? null : `--netns ${holder.pid}`;
}

/** Whether `ip netns` knows it, by the name of its file. */
function isNamedNamespace(path: string): boolean {
  return NAMED_NAMESPACES.includes(dirname(path)) && /^[\w.-]+$/.test(basename(path));
}
