import { RequestError, request } from './request.ts';

export interface StreamListener {
  open(): void;
  /** Anything came, an event or not. */
  heard(): void;
  event(name: string, data: string): void;
}

/** What is longer than this without an end is no event of the agent's. */
const LONGEST_EVENT = 64 * 1024 * 1024;

/**
 * Reads server-sent events until their end. (EventSource tells neither why it got none, nor can it show a token.)
 *
 * @throws {RequestError} where the stream cannot be had or breaks off
 */
export async function readEvents(path: string, signal: AbortSignal, listener: StreamListener): Promise<void> {
  const response = await request(path, signal);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (reader === undefined) throw new RequestError(response.status, 'The agent answered with nothing.', null);
  listener.open();
  const parser = new EventParser((name, data) => listener.event(name, data));
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      listener.heard();
      parser.push(value);
    }
  } catch (error) {
    if (signal.aborted || error instanceof RequestError) throw error;
    throw new RequestError(null, 'The connection to the agent broke off.', null);
  }
}

/** Takes server-sent events out of text that comes in pieces, as the HTML standard has them. */
export class EventParser {
  readonly #tell: (name: string, data: string) => void;
  #pieces: string[] = [];
  #length = 0;
  #name = '';
  #data: string[] = [];

  constructor(tell: (name: string, data: string) => void) {
    this.#tell = tell;
  }

  push(piece: string): void {
    const lines = piece.split('\n');
    const last = lines.pop() as string;
    for (const line of lines) {
      const whole = this.#pieces.length === 0 ? line : this.#pieces.join('') + line;
      this.#pieces = [];
      this.#length = 0;
      this.#line(whole.endsWith('\r') ? whole.slice(0, -1) : whole);
    }
    if (last === '') return;
    this.#pieces.push(last);
    this.#length += last.length;
    if (this.#length > LONGEST_EVENT) throw new RequestError(null, 'The agent sends an event without an end.', null);
  }

  #line(line: string): void {
    if (line === '') {
      if (this.#data.length > 0) this.#tell(this.#name === '' ? 'message' : this.#name, this.#data.join('\n'));
      this.#name = '';
      this.#data = [];
      return;
    }
    const colon = line.indexOf(':');
    if (colon === 0) return;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'event') this.#name = value;
    else if (field === 'data') this.#data.push(value);
  }
}
