import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { FourtupleError } from '../../tcp/error.ts';
import type { Host } from '../host.ts';
import { holdUntilRefused } from './fill.ts';
import { type Endpoint, Way, type WayOptions } from './way.ts';

/** A lane that is full. */
export interface FullLane {
  /** Connections that the kernel has granted. */
  readonly taken: number;
  /** Closes them all, without leaving a TIME_WAIT. */
  release(): void;
}

/** What a holder is told, as its one argument. */
export interface HolderOrder {
  readonly to: Endpoint;
  readonly options: WayOptions;
}

/** What it answers. */
interface HolderAnswer {
  readonly taken: number;
  readonly isRefused: boolean;
}

/**
 * Fills a lane with connections that stay open, until the kernel refuses one: in this process and, where its limit of open
 * files is in the way, in as many others as it takes.
 *
 * @throws FourtupleError FT_LAB where another process breaks off
 */
export async function fillLane(host: Host, to: Endpoint, options: WayOptions = {}): Promise<FullLane> {
  const own = holdUntilRefused(host, new Way(to, options));
  const holders: ChildProcess[] = [];
  const release = (): void => {
    for (const socket of own.sockets) socket.resetOnClose().close();
    for (const holder of holders) holder.kill('SIGKILL');
  };
  let taken = own.sockets.length;
  try {
    for (let isRefused = own.isRefused; !isRefused; ) {
      const holder = startHolder(host, { to, options });
      holders.push(holder);
      const answer = await answerOf(holder);
      if (answer.taken === 0 && !answer.isRefused)
        throw new FourtupleError('FT_LAB', 'no process can open a file more');
      taken += answer.taken;
      isRefused = answer.isRefused;
    }
  } catch (error) {
    release();
    throw error;
  }
  return { taken, release };
}

function startHolder(host: Host, { to: { address, port }, options }: HolderOrder): ChildProcess {
  const order: HolderOrder = { to: { address, port }, options };
  return host.start(process.execPath, [process.argv[1] as string, 'lab', 'hold', JSON.stringify(order)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function answerOf(holder: ChildProcess): Promise<HolderAnswer> {
  for await (const line of createInterface({ input: holder.stdout as Readable }))
    return JSON.parse(line) as HolderAnswer;
  throw new FourtupleError('FT_LAB', 'a process that holds connections has ended');
}

/** What a holder does: `fourtuple lab hold`. It holds its connections until it is killed. */
export async function holdLane(host: Host, { to, options }: HolderOrder): Promise<never> {
  const { sockets, isRefused } = holdUntilRefused(host, new Way(to, options));
  process.stdout.write(`${JSON.stringify({ taken: sockets.length, isRefused } satisfies HolderAnswer)}\n`);
  for (const socket of sockets) socket.resetOnClose();
  return new Promise<never>(() => void setInterval(() => {}, 1e9));
}
