import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeSocketAddress } from '../../linux/socket-address.ts';
import type { TcpSocket } from '../../linux/tcp-socket.ts';
import { parseAddress } from '../../tcp/address.ts';
import { FourtupleError } from '../../tcp/error.ts';
import type { Host } from '../host.ts';
import { connectForNode, openOutgoing } from './outgoing.ts';

/** Requests of several clients to one server, each over a connection of its own. */
export interface RequestLoad {
  /** They take turns. */
  readonly clients: readonly Host[];
  readonly address: string;
  readonly port: number;
  readonly count: number;
  readonly perSecond: number;
  /** No more wait for an answer at once: where the machine is busy, the others are sent later. */
  readonly mostAtOnce: number;
  /** Clients ask for the connection to be closed, and wait until it is; else they close it when they have the answer. */
  readonly asksToClose: boolean;
}

/** A request that has been answered, or has failed. Times are in seconds since the first was sent. */
export interface Exchange {
  readonly sentAt: number;
  readonly endedAt: number;
  /** What the client saw; null where it got its answer. */
  readonly failure: string | null;
}

const TICK_MS = 4;
const GIVEN_UP_MS = 20_000;
/** Sockets are opened so many at a time: each time a namespace is entered and left. */
const STOCK = 32;

/** Sockets of a client that are not connected yet. */
interface Stock {
  readonly host: Host;
  readonly sockets: TcpSocket[];
}

/** Sends requests at an even pace. */
export class HttpRequests {
  readonly #load: RequestLoad;
  readonly #destination: Uint8Array;
  readonly #request: string;
  readonly #stocks: readonly Stock[];
  readonly #exchanges: Exchange[] = [];
  #sent = 0;
  #ended = 0;
  #failed = 0;
  #start = 0;

  constructor(load: RequestLoad) {
    const { clients, address, port, asksToClose } = load;
    this.#load = load;
    this.#destination = encodeSocketAddress(parseAddress(address), port);
    const close = asksToClose ? 'Connection: close\r\n' : '';
    this.#request = `GET / HTTP/1.1\r\nHost: ${address}\r\n${close}\r\n`;
    this.#stocks = clients.map((host) => ({ host, sockets: [] }));
  }

  get failed(): number {
    return this.#failed;
  }

  /** Whether all have been sent, and none waits for its answer. */
  get hasEnded(): boolean {
    return this.#sent === this.#load.count && this.#waiting === 0;
  }

  /** Sends them all. @returns what came of each, in the order in which they were sent */
  async run(): Promise<readonly Exchange[]> {
    const { count } = this.#load;
    this.#start = performance.now();
    while (this.#sent < count) {
      this.#sendDue();
      await sleep(TICK_MS);
    }
    while (this.#waiting > 0) await sleep(TICK_MS);
    for (const { sockets } of this.#stocks) for (const socket of sockets) socket.close();
    return this.#exchanges;
  }

  get #waiting(): number {
    return this.#sent - this.#ended;
  }

  #now(): number {
    return (performance.now() - this.#start) / 1_000;
  }

  #sendDue(): void {
    const { count, perSecond, mostAtOnce } = this.#load;
    const due = Math.min(count, 1 + Math.floor(this.#now() * perSecond));
    while (this.#sent < due && this.#waiting < mostAtOnce) this.#send();
  }

  #send(): void {
    const socket = connectForNode(this.#takeSocket(), this.#destination);
    if (socket === null) throw new FourtupleError('FT_LAB', 'a client has no port left');
    const number = this.#sent;
    const sentAt = this.#now();
    this.#sent += 1;
    exchange(socket, this.#request, this.#load.asksToClose, (failure) => {
      this.#exchanges[number] = { sentAt, endedAt: this.#now(), failure };
      this.#ended += 1;
      if (failure !== null) this.#failed += 1;
    });
  }

  #takeSocket(): TcpSocket {
    const { host, sockets } = this.#stocks[this.#sent % this.#stocks.length] as Stock;
    if (sockets.length === 0) {
      const opened = host.inside(() => Array.from({ length: STOCK }, () => openOutgoing(this.#destination)));
      sockets.push(...opened);
    }
    return sockets.pop() as TcpSocket;
  }
}

/** @param onEnd called once the connection is closed, with what went wrong; null where all went well */
function exchange(socket: Socket, request: string, awaitsEnd: boolean, onEnd: (failure: string | null) => void): void {
  let answer = '';
  let error: string | null = null;
  socket.setEncoding('latin1').setTimeout(GIVEN_UP_MS, () => {
    error = 'no answer in time';
    socket.destroy();
  });
  socket.on('data', (text: string) => {
    answer += text;
    if (!awaitsEnd && isWhole(answer)) socket.end();
  });
  socket.on('error', ({ code }: NodeJS.ErrnoException) => {
    error ??= code ?? 'error';
  });
  socket.on('close', () => onEnd(isServed(answer) ? null : (error ?? describe(answer))));
  socket.write(request);
}

/** What proxies pass on has its length. */
function isWhole(answer: string): boolean {
  const head = answer.indexOf('\r\n\r\n');
  if (head < 0) return false;
  const length = /^content-length: *(\d+)/im.exec(answer);
  return length !== null && answer.length >= head + 4 + Number(length[1]);
}

function isServed(answer: string): boolean {
  return answer.startsWith('HTTP/1.1 200 ') && isWhole(answer);
}

function describe(answer: string): string {
  if (answer === '') return 'closed without an answer';
  const status = /^HTTP\/1\.\d (\d+)/.exec(answer);
  return status === null ? 'half an answer' : `status ${status[1]}`;
}
