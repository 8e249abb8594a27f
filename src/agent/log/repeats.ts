import type { AgentEvent } from '../agent-event.ts';

/** Kept apart at most: what is about something new is then told in any case. */
const MOST_KINDS = 1_000;

/** Holds back what is told again and again: each event about the same subject comes through once in a while. */
export class Repeats {
  readonly #tell: (event: AgentEvent) => void;
  readonly #whileMs: number;
  readonly #told = new Map<string, Told>();

  /**
   * @param tell takes what comes through
   * @param whileMs for how long, in milliseconds
   */
  constructor(tell: (event: AgentEvent) => void, whileMs: number) {
    this.#tell = tell;
    this.#whileMs = whileMs;
  }

  /**
   * Tells an event, or counts it where the same was told of the same subject: it is then told with the number of them, at the
   * latest when its while is over. One without a subject is about what its message says.
   */
  add(event: AgentEvent): void {
    const kind = `${event.event}\0${event.subject ?? event.message}`;
    const told = this.#told.get(kind);
    if (told !== undefined) {
      told.heldBack += 1;
      told.last = event;
      return;
    }
    if (this.#told.size >= MOST_KINDS) this.#end(this.#told.keys().next().value as string);
    this.#begin(kind, event);
    this.#tell(event);
  }

  /** Tells what is held back. */
  flush(): void {
    for (const kind of [...this.#told.keys()]) this.#end(kind);
  }

  #begin(kind: string, event: AgentEvent): void {
    const timer = setTimeout(() => this.#next(kind), this.#whileMs);
    // The agent need not live on for this: whoever ends it flushes.
    timer.unref();
    this.#told.set(kind, { timer, heldBack: 0, last: event });
  }

  /** The next while begins with what was told at the end of this one. */
  #next(kind: string): void {
    const told = this.#end(kind);
    if (told !== undefined && told.heldBack > 0) this.#begin(kind, told.last);
  }

  #end(kind: string): Told | undefined {
    const told = this.#told.get(kind);
    if (told === undefined) return undefined;
    clearTimeout(told.timer);
    this.#told.delete(kind);
    if (told.heldBack > 0) this.#tell(counted(told.last, told.heldBack, this.#whileMs));
    return told;
  }
}

interface Told {
  readonly timer: NodeJS.Timeout;
  heldBack: number;
  /** What was held back last. */
  last: AgentEvent;
}

function counted(event: AgentEvent, times: number, whileMs: number): AgentEvent {
  const often = times === 1 ? 'once more' : `${times} times more`;
  return {
    ...event,
    message: `${event.message} (${often} within ${Math.round(whileMs / 1_000)} s)`,
    fields: { ...event.fields, repeated: times },
  };
}
