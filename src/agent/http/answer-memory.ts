import type { ServerResponse } from 'node:http';
import { Refusal } from './refusal.ts';

/** Bounds what answers take together until those that asked for them have taken them. */
export class AnswerMemory {
  readonly #mostBytes: number;
  #bytes = 0;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /**
   * Sets bytes aside until an answer has been sent, or its connection has ended.
   *
   * @throws Refusal 503 where there are too many already
   */
  reserve(outgoing: ServerResponse, bytes: number): void {
    if (outgoing.destroyed) return;
    if (this.#bytes > 0 && this.#bytes + bytes > this.#mostBytes) {
      throw new Refusal('too-many-answers', 'too many answers wait to be read by those that asked for them', {
        hint: 'Try again in a second.',
        headers: { 'Retry-After': '1' },
      });
    }
    this.#bytes += bytes;
    outgoing.once('close', () => {
      this.#bytes -= bytes;
    });
  }
}
