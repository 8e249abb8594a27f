/** Something that whoever runs the agent should know about those that read it. */
export interface HttpEvent {
  readonly code: HttpEventCode;
  /** One sentence. */
  readonly message: string;
}

export type HttpEventCode = 'connections-refused' | 'readers-dropped' | 'request-failed' | 'tokens-wrong';

const ONCE_MS = 60_000;

/** Tells of each kind of event at once, then at most once a minute, with how many there were. */
export class RareEvents {
  readonly #tell: (event: HttpEvent) => void;
  readonly #now: () => number;
  readonly #kinds = new Map<HttpEventCode, { toldAt: number; untold: number; message: string }>();

  /** @param now milliseconds that only grow */
  constructor(tell: (event: HttpEvent) => void, now: () => number = () => performance.now()) {
    this.#tell = tell;
    this.#now = now;
  }

  happened(code: HttpEventCode, message: string): void {
    const kind = this.#kinds.get(code);
    if (kind === undefined) {
      this.#kinds.set(code, { toldAt: this.#now(), untold: 0, message });
      this.#tell({ code, message });
      return;
    }
    kind.untold += 1;
    kind.message = message;
    if (this.#now() - kind.toldAt >= ONCE_MS) this.#tellUntold(code);
  }

  /** Tells what is untold: before the end. */
  flush(): void {
    for (const code of this.#kinds.keys()) this.#tellUntold(code);
  }

  #tellUntold(code: HttpEventCode): void {
    const kind = this.#kinds.get(code);
    if (kind === undefined || kind.untold === 0) return;
    const { untold, message } = kind;
    kind.untold = 0;
    kind.toldAt = this.#now();
    this.#tell({ code, message: untold === 1 ? message : `${message} (the last of ${untold} since it was told)` });
  }
}
