import { setTimeout as sleep } from 'node:timers/promises';
import { SockDestroy } from '../src/linux/sock-destroy.ts';
import { SockDiag } from '../src/linux/sock-diag.ts';
import { SocketIds } from '../src/linux/socket-ids.ts';
import { type KernelSocketCounts, readSocketCounts } from '../src/linux/sockstat.ts';
import { stateMask, TcpState } from '../src/tcp/state.ts';
import { PROGRAM } from '../test/kit/built-program.ts';
import { hold, type Server } from '../test/kit/connections.ts';
import { fillWithTimeWait } from '../test/kit/fill.ts';
import { timeCommand } from './commands.ts';
import { progress } from './progress.ts';

/** TIME_WAIT sockets that were released, and how long that took. */
export interface Release {
  readonly sockets: number;
  readonly milliseconds: number;
}

const WHOLE_RANGE = { portRange: [32_768, 60_999] } as const;
/** So many live connections show the retransmission timeout of a lane, by which the program tells what is old enough. */
const LIVE = 8;
/** The program releases what is older than a second. */
const AGE_MS = 1_500;

/** Fills lanes with TIME_WAIT, and destroys it all: what the program's loop does, without what is around it. */
export function releaseInLoop(lanes: readonly Server[]): { readonly listing: Release; readonly destroying: Release } {
  const made = fill(lanes);
  progress(`destroying ${made} sockets`);
  const source = SockDiag.open();
  const destroyer = SockDestroy.open();
  try {
    const start = performance.now();
    const ids = new SocketIds(made);
    source.forEachSocket({ states: stateMask(TcpState.TIME_WAIT) }, (socket) => void ids.append(socket));
    const rows = new Uint32Array(ids.size).map((_, row) => row);
    const listed = performance.now();
    const { destroyed } = destroyer.destroy(ids, rows, rows.length);
    const end = performance.now();
    expectCount('destroyed', destroyed, made);
    expectCount('left in TIME_WAIT', counts().timeWait, 0);
    return {
      listing: { sockets: destroyed, milliseconds: listed - start },
      destroying: { sockets: destroyed, milliseconds: end - listed },
    };
  } finally {
    source.close();
    destroyer.close();
  }
}

/** Fills a lane with TIME_WAIT, and has it killed by what people use today. */
export function releaseByStatistics(lane: Server): Release {
  const made = fill([lane]);
  progress(`ss -K on ${made} sockets`);
  const milliseconds = timeCommand(['ss', '-HKtn', 'state', 'time-wait']);
  expectCount('left in TIME_WAIT by ss -K', counts().timeWait, 0);
  return { sockets: made, milliseconds };
}

/** Fills a lane with TIME_WAIT beside some live connections, and has it released by the program. */
export async function releaseByProgram(lane: Server): Promise<Release> {
  const living = hold(LIVE, lane, WHOLE_RANGE);
  const made = fill([lane]);
  progress(`the program on ${made} sockets`);
  await sleep(AGE_MS);
  const before = counts();
  const fix = [process.execPath, PROGRAM, 'fix', 'recycle-time-wait', '--lane', `*>${lane.address}:${lane.port}`];
  const milliseconds = timeCommand([...fix, '--threshold', '0', '--apply']);
  const after = counts();
  expectCount('left in TIME_WAIT by the program', after.timeWait, 0);
  expectCount('live after the program', after.inUse, before.inUse);
  for (const { client, server } of living) {
    client.abort();
    server.close();
  }
  return { sockets: made, milliseconds };
}

/** @returns how many sockets the kernel counts in TIME_WAIT then */
function fill(lanes: readonly Server[]): number {
  expectCount('in TIME_WAIT at first', counts().timeWait, 0);
  progress(`filling ${lanes.length === 1 ? 'a lane' : `${lanes.length} lanes`}`);
  for (const lane of lanes) fillWithTimeWait(lane, WHOLE_RANGE);
  return counts().timeWait;
}

/** Of the namespace, as the kernel itself counts them. */
function counts(): KernelSocketCounts {
  const found = readSocketCounts();
  if (found === null) throw new Error('/proc/net/sockstat cannot be read');
  return found;
}

function expectCount(what: string, found: number, expected: number): void {
  if (found !== expected) throw new Error(`sockets ${what}: ${found}, and not ${expected}`);
}
