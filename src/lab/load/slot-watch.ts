import { setTimeout as sleep } from 'node:timers/promises';
import type { TcpSocket } from '../../linux/tcp-socket.ts';
import type { PortRange } from '../../tcp/port-range.ts';
import type { Host } from '../host.ts';
import { seconds } from './clock.ts';
import { evenly } from './evenly.ts';
import { closeInOrder } from './fill.ts';
import { countTimeWait, notAllBack, Releases } from './releases.ts';
import { SlotLives } from './slot-lives.ts';
import type { Way } from './way.ts';

const PAUSE_MS = 10;
/** While nothing is expected to come back. */
const IDLE_PAUSE_MS = 500;

/** Watches one lane from when its slots are closed until each can be had again. */
export class SlotWatch {
  readonly lives: SlotLives;
  readonly #host: Host;
  readonly #way: Way;
  readonly #releases = new Releases();

  /** @param way of a host without any other TIME_WAIT @param range of its ports */
  constructor(host: Host, way: Way, range: PortRange) {
    this.#host = host;
    this.#way = way;
    this.lives = new SlotLives(range);
  }

  /** Opens connections until the kernel refuses one, and closes each at once, the client first. */
  async closeAll(perSecond: number): Promise<void> {
    await evenly(perSecond, (due) => this.#host.inside(() => this.#closeUntil(due)));
  }

  /** @returns whether it was refused before so many were closed in all */
  #closeUntil(due: number): boolean {
    while (this.lives.closed < due) {
      const socket = this.#way.connect();
      if (socket === null) return true;
      const port = socket.localPort;
      closeInOrder(socket, this.#way.server.listener.accept());
      this.lives.close(port, seconds());
    }
    return false;
  }

  /**
   * Takes each slot as soon as the kernel gives it back, and keeps it.
   *
   * @param idleSeconds for so long nothing is expected to come back, and it is tried seldom
   * @throws FourtupleError FT_LAB where it takes longer than `mostSeconds`
   */
  async awaitAll(idleSeconds: number, mostSeconds: number): Promise<void> {
    const start = seconds();
    const kept: TcpSocket[] = [];
    while (this.lives.back < this.lives.closed) {
      const passed = seconds() - start;
      if (passed > mostSeconds) throw notAllBack(this.lives.back, this.lives.closed, passed);
      this.#host.inside(() => {
        this.#look();
        for (let socket = this.#way.connect(); socket !== null; socket = this.#way.connect()) {
          this.lives.comeBack(socket.localPort, seconds());
          kept.push(socket);
        }
      });
      await sleep(passed < idleSeconds ? IDLE_PAUSE_MS : PAUSE_MS);
    }
    this.#host.inside(() => this.#look());
    for (const socket of kept) socket.resetOnClose().close();
  }

  /** When a slot came back, on average, by the kernel's own count; in seconds of the clock of `lives`. */
  get meanBackByCount(): number {
    return this.#releases.meanSeconds;
  }

  #look(): void {
    this.#releases.look(this.lives.closed - countTimeWait(), seconds());
  }
}
