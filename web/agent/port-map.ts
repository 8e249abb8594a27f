/** What a byte of a port map says of its port; from `timeWaitLeft` on it is in TIME_WAIT for so many seconds more. */
export const PortKind = {
  outside: 0,
  reserved: 1,
  blocked: 2,
  free: 3,
  live: 4,
  finWait2: 5,
  timeWait: 6,
  timeWaitLeft: 64,
} as const;

export const PORT_COUNT = 65_536;

/** @returns a byte for each port; null for what is no port map */
export function decodePorts(base64: string): Uint8Array<ArrayBuffer> | null {
  let binary: string;
  try {
    binary = atob(base64);
  } catch {
    return null;
  }
  if (binary.length !== PORT_COUNT) return null;
  const ports = new Uint8Array(PORT_COUNT);
  for (let port = 0; port < PORT_COUNT; port += 1) ports[port] = binary.charCodeAt(port);
  return ports;
}

/** @returns seconds, 0 to 63; null where it is in TIME_WAIT and not known for how long, and where it is not in TIME_WAIT */
export function secondsLeft(kind: number): number | null {
  return kind >= PortKind.timeWaitLeft ? Math.min(63, kind - PortKind.timeWaitLeft) : null;
}

/** The kinds that a legend tells apart; `timeWait` stands for every age of it. */
export const LEGEND = ['live', 'timeWait', 'finWait2', 'free', 'blocked', 'reserved', 'outside'] as const;
export type LegendKind = (typeof LEGEND)[number];

/** How many ports have each byte. */
export function countBytes(ports: Uint8Array): Uint32Array {
  const counts = new Uint32Array(256);
  for (let port = 0; port < ports.length; port += 1) {
    const kind = ports[port] as number;
    counts[kind] = (counts[kind] as number) + 1;
  }
  return counts;
}

/** How many ports are of each kind, from {@link countBytes}. */
export function countKinds(bytes: Uint32Array): Record<LegendKind, number> {
  const counts = { live: 0, timeWait: 0, finWait2: 0, free: 0, blocked: 0, reserved: 0, outside: 0 };
  bytes.forEach((count, kind) => {
    counts[legendKind(kind)] += count;
  });
  return counts;
}

export function legendKind(kind: number): LegendKind {
  if (kind >= PortKind.timeWait) return 'timeWait';
  switch (kind) {
    case PortKind.reserved:
      return 'reserved';
    case PortKind.blocked:
      return 'blocked';
    case PortKind.free:
      return 'free';
    case PortKind.live:
      return 'live';
    case PortKind.finWait2:
      return 'finWait2';
    default:
      return 'outside';
  }
}

/** The usable ports that connect() tries in its first pass, those of the range's low end's parity, or in its second. */
export interface PassCount {
  readonly usable: number;
  readonly free: number;
}

export function countPasses(
  ports: Uint8Array,
  low: number,
  high: number,
): readonly [first: PassCount, second: PassCount] {
  const count = (parity: number): PassCount => {
    let [usable, free] = [0, 0];
    for (let port = low + parity; port <= high; port += 2) {
      const kind = ports[port] as number;
      if (kind < PortKind.free) continue;
      usable += 1;
      if (kind === PortKind.free) free += 1;
    }
    return { usable, free };
  };
  return [count(0), count(1)];
}

/** How many ports come free in each of the next 64 seconds, from {@link countBytes}. */
export function releaseCurve(bytes: Uint32Array): number[] {
  const curve = new Array<number>(64).fill(0);
  bytes.forEach((count, kind) => {
    const left = secondsLeft(kind);
    if (left !== null) curve[left] = (curve[left] as number) + count;
  });
  return curve;
}
