import type { ServerResponse } from 'node:http';
import type { AgentView, Findings } from '../agent-view.ts';
import type { Sample } from '../sample.ts';
import { findingsEvent, sampleEvent } from './event-text.ts';
import type { RareEvents } from './http-event.ts';
import type { HttpLimits } from './http-limits.ts';
import { Refusal } from './refusal.ts';

const RETRY = Buffer.from('retry: 3000\n\n');
const COMMENT = Buffer.from(': still here\n\n');

interface Reader {
  readonly outgoing: ServerResponse;
  /** Since when something has been waiting for it at each look; null where nothing does. */
  behindSinceMs: number | null;
}

/**
 * Those that read samples as they are taken. Each event is made into bytes once for all of them, and only while there are
 * any. Who does not keep up is dropped: what waits for it never slows the agent or the others, and takes bounded memory.
 */
export class EventReaders {
  readonly #view: AgentView;
  readonly #limits: HttpLimits;
  readonly #rare: RareEvents;
  readonly #readers = new Set<Reader>();
  #stop: (() => void) | null = null;
  #sample: { readonly of: Sample; readonly bytes: Buffer } | null = null;
  #findings: { readonly of: Findings; readonly bytes: Buffer } | null = null;

  constructor(view: AgentView, limits: HttpLimits, rare: RareEvents) {
    this.#view = view;
    this.#limits = limits;
    this.#rare = rare;
  }

  get size(): number {
    return this.#readers.size;
  }

  /**
   * Answers a request with all events from now on, the latest of each kind first.
   *
   * @throws Refusal 503 where there are as many readers as there may be
   */
  add(outgoing: ServerResponse): void {
    if (this.#readers.size >= this.#limits.readers) {
      throw new Refusal('too-many-readers', `${this.#limits.readers} readers have the events already`, {
        hint: 'Try again when one of them has gone.',
        headers: { 'Retry-After': '10' },
      });
    }
    outgoing.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store',
      'X-Accel-Buffering': 'no',
      // So that the end of the events is the end of the connection.
      Connection: 'close',
    });
    if (outgoing.req.method === 'HEAD') {
      outgoing.end();
      return;
    }
    // It says nothing for as long as it reads: that is no idle connection.
    outgoing.socket?.setTimeout(0);
    const reader: Reader = { outgoing, behindSinceMs: null };
    this.#readers.add(reader);
    outgoing.once('close', () => this.#remove(reader));
    this.#stop ??= this.#start();
    this.#send(reader, RETRY);
    const { sample, findings } = this.#view;
    if (sample !== null) this.#send(reader, this.#sampleBytes(sample));
    if (findings !== null) this.#send(reader, this.#findingsBytes(findings));
  }

  /** Ends the events of all readers. */
  end(): void {
    for (const { outgoing } of this.#readers) outgoing.end();
  }

  #start(): () => void {
    const unsubscribe = this.#view.subscribe({
      sample: (sample) => this.#sendAll(() => this.#sampleBytes(sample)),
      findings: (findings) => this.#sendAll(() => this.#findingsBytes(findings)),
    });
    const timer = setInterval(() => this.#sendAll(() => COMMENT), this.#limits.commentMs);
    timer.unref();
    return () => {
      clearInterval(timer);
      unsubscribe();
    };
  }

  #remove(reader: Reader): void {
    this.#readers.delete(reader);
    if (this.#readers.size > 0) return;
    this.#stop?.();
    this.#stop = null;
    this.#sample = null;
    this.#findings = null;
  }

  /** Whoever samples does not fail because of those that read. */
  #sendAll(bytes: () => Buffer): void {
    try {
      const event = bytes();
      for (const reader of this.#readers) this.#send(reader, event);
    } catch (error) {
      this.#rare.happened('request-failed', `an event could not be sent: ${String(error)}`);
    }
  }

  #send(reader: Reader, event: Buffer): void {
    const { outgoing } = reader;
    if (outgoing.destroyed || outgoing.writableEnded) return;
    const waiting = outgoing.writableLength;
    const now = performance.now();
    reader.behindSinceMs = waiting === 0 ? null : (reader.behindSinceMs ?? now);
    const isBehind = reader.behindSinceMs !== null && now - reader.behindSinceMs > this.#limits.behindMs;
    if (isBehind || (waiting > 0 && waiting + event.length > this.#limits.queueBytes)) this.#drop(reader, waiting);
    else outgoing.write(event);
  }

  /** With a reset: otherwise the kernel keeps what it has not taken for as long as it may still come to take it. */
  #drop({ outgoing }: Reader, waiting: number): void {
    const from = outgoing.socket?.remoteAddress ?? 'an unknown address';
    outgoing.socket?.resetAndDestroy();
    this.#rare.happened(
      'readers-dropped',
      `a reader of events from ${from} was dropped: ${waiting} bytes waited for it`,
    );
  }

  #sampleBytes(sample: Sample): Buffer {
    if (this.#sample?.of !== sample) this.#sample = { of: sample, bytes: sampleEvent(sample, this.#limits) };
    return this.#sample.bytes;
  }

  #findingsBytes(findings: Findings): Buffer {
    if (this.#findings?.of !== findings)
      this.#findings = { of: findings, bytes: findingsEvent(findings, this.#limits) };
    return this.#findings.bytes;
  }
}
