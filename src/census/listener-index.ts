import type { Address } from '../tcp/address.ts';
import { type BoundSocket, isBoundTo } from './bound-sockets.ts';

/** Listeners by their port: whether a connection is inbound is asked for every socket. */
export class ListenerIndex {
  readonly #byPort = new Map<number, BoundSocket[]>();

  add(listener: BoundSocket): void {
    const samePort = this.#byPort.get(listener.port);
    if (samePort === undefined) this.#byPort.set(listener.port, [listener]);
    else samePort.push(listener);
  }

  /** Whether somebody listens on a port, whatever its address. */
  hasPort(port: number): boolean {
    return this.#byPort.has(port);
  }

  /** Whether a listener takes connections to this local address and port. */
  takes(port: number, address: Address, interfaceIndex: number): boolean {
    return this.#byPort.get(port)?.some((listener) => isBoundTo(listener, address, interfaceIndex)) === true;
  }
}
