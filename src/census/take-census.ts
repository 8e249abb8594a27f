import { interfaceName } from '../linux/interface.ts';
import { inNamespace, type NamespaceHandle } from '../linux/network-namespace.ts';
import { isPortBlocked } from '../linux/port-probe.ts';
import { ProcNetTcp } from '../linux/proc-net-tcp.ts';
import { SockDiag } from '../linux/sock-diag.ts';
import type { SocketSource } from '../linux/socket-source.ts';
import { readSocketCounts } from '../linux/sockstat.ts';
import { readNetworkSettings } from '../linux/sysctl.ts';
import { FourtupleError } from '../tcp/error.ts';
import { LINUX_DEFAULT_RANGE } from '../tcp/port-range.ts';
import type { BoundSocket } from './bound-sockets.ts';
import { Census, type CensusContext } from './census.ts';
import { type KernelScanOptions, MANY_SOCKETS, scanKernel } from './kernel-scan.ts';
import type { NamespaceCensus } from './namespace-census.ts';
import { relistInodes } from './owners.ts';
import { measurePeerTimestamps } from './peer-timestamps.ts';
import { poolNotes } from './pool-notes.ts';
import { SocketScanner } from './scan.ts';

/** The value of `net.ipv4.tcp_tw_reuse` that takes over TIME_WAIT slots towards any host. */
const REUSE_EVERYWHERE = 1;

export interface TakeCensusOptions {
  /** The namespace to look at, this process's own where left out. */
  readonly namespace?: NamespaceHandle | undefined;
  /**
   * Asks the kernel which ports connect() skips, where the ports of a lane leave it open how its sockets were bound: by a
   * socket in repair mode, which sends no packet and needs CAP_NET_ADMIN. False goes by the ports alone.
   */
  readonly askAboutPorts?: boolean | undefined;
  /**
   * What a census a few seconds ago found bound to ports of the range (`scan.bound`), to be taken for what is there now:
   * listing it takes the kernel as long again as a census of a full lane. Left out, it is listed.
   */
  readonly lastBound?: readonly BoundSocket[] | undefined;
  /** Opens the kernel's socket list; what a test replaces. */
  readonly openSockDiag?: (() => SockDiag) | undefined;
}

/**
 * Counts all lanes of a network namespace. Needs no privilege for this process's own namespace. Changes nothing but the
 * counter EstabResets, where the kernel is asked about ports (see `askAboutPorts`).
 *
 * @throws FourtupleError FT_NAMESPACE, FT_PRIVILEGE where the namespace cannot be entered; FT_KERNEL where neither
 *   sock_diag nor /proc/net/tcp can be read
 */
export async function takeCensus(options: TakeCensusOptions = {}): Promise<NamespaceCensus> {
  const start = performance.now();
  const enter = <T>(work: () => T): T =>
    options.namespace === undefined ? work() : inNamespace(options.namespace, work);
  const notes: string[] = [];
  const { settings, counts, diag } = enter(() => ({
    settings: readNetworkSettings(),
    counts: readSocketCounts(),
    diag: openOrExplain(options.openSockDiag ?? SockDiag.open, notes),
  }));
  const range = settings.portRange ?? LINUX_DEFAULT_RANGE;
  if (settings.portRange === null) {
    notes.push('ip_local_port_range cannot be read: the default of Linux, 32768-60999, is assumed.');
  }
  const expected = counts === null ? 0 : counts.inUse + counts.timeWait;
  const scan = (): SocketScanner => new SocketScanner(range, settings.reservedPorts, expected);
  try {
    const scanned =
      (await scanWithSockDiag(diag, scan(), { counts, lastBound: options.lastBound, enter }, notes)) ??
      scanProc(scan(), enter);
    // With the other values of tcp_tw_reuse it does not matter what the far end does.
    const asked = settings.tcpTwReuse === REUSE_EVERYWHERE && scanned.source === diag?.name ? diag : null;
    const context: CensusContext = {
      settings,
      peerTimestamps: asked === null ? () => null : measurePeerTimestamps(asked, scanned.scanner),
      interfaceName: (index) => scanned.interfaceNames.get(index) ?? null,
      isPortBlocked: options.askAboutPorts === false ? undefined : isPortBlocked,
    };
    const census = enter(() => new Census(scanned.scanner, context));
    notes.push(...poolNotes(census));
    const durationSeconds = (performance.now() - start) / 1000;
    return {
      census,
      source: scanned.source,
      settings,
      counts,
      durationSeconds,
      kernelSeconds: diag?.kernelSeconds ?? 0,
      relist: expected >= MANY_SOCKETS ? undefined : (lanes) => relistKernel(census, lanes, enter),
      notes,
    };
  } finally {
    diag?.close();
  }
}

/** @returns nothing where the kernel refuses: what is not found has no known owner */
function relistKernel(
  census: Census,
  lanes: ReadonlySet<number>,
  enter: <T>(work: () => T) => T,
): Map<number, number[]> {
  try {
    const diag = enter(() => SockDiag.open());
    try {
      return relistInodes(census, diag, lanes);
    } finally {
      diag.close();
    }
  } catch (error) {
    if (!(error instanceof FourtupleError)) throw error;
    return new Map();
  }
}

interface Scanned {
  readonly source: string;
  readonly scanner: SocketScanner;
  readonly interfaceNames: ReadonlyMap<number, string>;
}

function openOrExplain(open: () => SockDiag, notes: string[]): SockDiag | null {
  try {
    return open();
  } catch (error) {
    notes.push(fallbackNote(error));
    return null;
  }
}

function fallbackNote(error: unknown): string {
  if (!(error instanceof FourtupleError)) throw error;
  return `sock_diag cannot be used (${error.message}): /proc/net/tcp is read instead, which is slower, does not show ports that are bound and idle, and counts sockets bound to different devices together.`;
}

async function scanWithSockDiag(
  diag: SockDiag | null,
  scanner: SocketScanner,
  options: KernelScanOptions,
  notes: string[],
): Promise<Scanned | null> {
  if (diag === null) return null;
  try {
    notes.push(...(await scanKernel(diag, scanner, options)));
    const interfaceNames = options.enter(() => nameInterfaces(scanner));
    return { source: diag.name, scanner, interfaceNames };
  } catch (error) {
    notes.push(fallbackNote(error));
    return null;
  }
}

function scanProc(scanner: SocketScanner, enter: <T>(work: () => T) => T): Scanned {
  return enter(() => {
    const source: SocketSource = new ProcNetTcp();
    scanner.addListeners(source);
    scanner.addConnections(source);
    return { source: source.name, scanner, interfaceNames: nameInterfaces(scanner) };
  });
}

/** The names of all interfaces that a lane is bound to, asked for while the thread is in the namespace. */
function nameInterfaces(scanner: SocketScanner): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  for (let lane = 0; lane < scanner.lanes.size; lane += 1) {
    const index = scanner.lanes.interfaceIndex(lane);
    if (index === 0 || names.has(index)) continue;
    names.set(index, interfaceName(index) ?? `${index}`);
  }
  return names;
}
