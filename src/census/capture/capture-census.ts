import type { SocketCounts } from '../../linux/sockstat.ts';
import { ANY_IPV4, ANY_IPV6 } from '../../tcp/address.ts';
import { formatRange, LINUX_DEFAULT_RANGE, type PortRange } from '../../tcp/port-range.ts';
import { PortSet } from '../../tcp/port-set.ts';
import { CONNECTED_STATES, stateMask, TcpState } from '../../tcp/state.ts';
import { Census } from '../census.ts';
import type { NamespaceCensus } from '../namespace-census.ts';
import { poolNotes } from '../pool-notes.ts';
import { SocketScanner } from '../scan.ts';
import type { Capture } from './capture.ts';

/** What a capture does not hold, as far as the person who has it knows. */
export interface CaptureSettings {
  readonly range?: PortRange | undefined;
  readonly reserved?: PortSet | undefined;
  /** Ports that the machine listens on. */
  readonly listening?: PortSet | undefined;
}

/** Counts the lanes of a captured machine. Its settings are not known, but those that are given. */
export function censusOfCapture(capture: Capture, given: CaptureSettings): NamespaceCensus {
  const start = performance.now();
  const settings = {
    portRange: given.range ?? LINUX_DEFAULT_RANGE,
    reservedPorts: given.reserved ?? new PortSet(),
    tcpTwReuse: null,
    tcpTwReuseDelaySeconds: null,
    tcpTimestamps: null,
    tcpMaxTwBuckets: null,
    tcpFinTimeoutSeconds: null,
    unprivilegedPortStart: null,
  };
  const scanner = new SocketScanner(settings.portRange, settings.reservedPorts);
  scanner.addListeners(capture.source);
  for (const port of given.listening ?? []) addListener(scanner, port);
  capture.source.forEachSocket(
    { states: stateMask(TcpState.BOUND_INACTIVE), localPorts: settings.portRange },
    (socket) => scanner.addBound(socket),
  );
  scanner.addConnections(capture.source);
  const census = new Census(scanner, {
    settings,
    peerTimestamps: () => null,
    interfaceName: (index) => capture.zones.get(index) ?? null,
  });
  const counts = countAll(capture, scanner.listeners.length);
  return {
    census,
    source: capture.format,
    settings,
    counts,
    durationSeconds: (performance.now() - start) / 1000,
    kernelSeconds: 0,
    notes: [...notesOf(capture, given, counts.timeWait > 0), ...poolNotes(census)],
  };
}

/** A port that the person says is listened on: on every address. */
function addListener(scanner: SocketScanner, port: number): void {
  for (const address of [ANY_IPV4, ANY_IPV6]) {
    scanner.addListener({ kind: 'listener', address, port, interfaceIndex: 0, ipv6Only: true, inode: 0, cgroupId: 0 });
  }
}

function countAll(capture: Capture, listeners: number): SocketCounts {
  const counts = { inUse: listeners, timeWait: 0 };
  capture.source.forEachSocket({ states: CONNECTED_STATES }, (socket) => {
    counts[socket.isTimeWait ? 'timeWait' : 'inUse'] += 1;
  });
  return counts;
}

function notesOf(capture: Capture, given: CaptureSettings, holdsTimeWait: boolean): string[] {
  const notes = [...capture.warnings];
  if (given.range === undefined) {
    notes.push(
      `The capture does not tell the ephemeral range: Linux's default, ${formatRange(LINUX_DEFAULT_RANGE)}, is assumed; --range gives another.`,
    );
  }
  if (!capture.holdsListeners && given.listening === undefined) {
    notes.push(
      'The capture holds no listening sockets: connections to a listener inside the range count as outbound; --listening names its port.',
    );
  }
  if (holdsTimeWait && !capture.holdsTimers) {
    notes.push('The capture tells no timers (ss -o does): opens per second are not known.');
  }
  return notes;
}
