import type { TcpSocket } from '../../linux/tcp-socket.ts';
import type { Host } from '../host.ts';
import { median } from '../median.ts';
import type { Endpoint, Way } from './way.ts';

/** What it took to fill a lane, connection by connection. */
export interface ConnectTimes {
  /** Which port each was given. */
  readonly ports: readonly number[];
  /** How long each took, socket() and connect(); null where it was not measured. */
  readonly microseconds: readonly (number | null)[];
}

/** How a lane is filled. */
export interface Filling {
  /** What is measured. */
  readonly way: Way<Endpoint>;
  /** What takes a slot with less effort, where {@link isLeftOut}. */
  readonly easyWay: Way<Endpoint>;
  /** Whether a connection is not measured, by how many were opened before. */
  isLeftOut(used: number): boolean;
}

/** Opens connections until the kernel refuses one, and closes them again without leaving a TIME_WAIT. */
export function timeConnects(host: Host, { way, easyWay, isLeftOut }: Filling): ConnectTimes {
  const sockets: TcpSocket[] = [];
  const microseconds: (number | null)[] = [];
  host.inside(() => {
    for (;;) {
      const leftOut = isLeftOut(sockets.length);
      const start = performance.now();
      const socket = (leftOut ? easyWay : way).connect();
      const end = performance.now();
      if (socket === null) return;
      microseconds.push(leftOut ? null : 1_000 * (end - start));
      sockets.push(socket);
    }
  });
  const ports = sockets.map((socket) => socket.localPort);
  for (const socket of sockets) socket.resetOnClose().close();
  return { ports, microseconds };
}

/**
 * The median of each of so many equal parts of a lane, over several fills of it.
 *
 * @returns fewer where the lane has fewer slots
 */
export function mediansByPart(fills: readonly ConnectTimes[], parts: number): number[] {
  const slots = Math.min(...fills.map(({ microseconds }) => microseconds.length));
  const count = Math.min(parts, slots);
  const border = (part: number): number => Math.floor((part * slots) / count);
  return Array.from({ length: count }, (_, part) =>
    median(
      fills
        .flatMap(({ microseconds }) => microseconds.slice(border(part), border(part + 1)))
        .filter((measured) => measured !== null),
    ),
  );
}
