import type { Plot, Prediction, Table } from './lab-report.ts';

/** What the process of an experiment tells the lab, a line of JSON each. */
export type Message =
  | { readonly kind: 'predicted'; readonly prediction: Prediction }
  | { readonly kind: 'measured'; readonly what: string; readonly measured: number; readonly evidence: string }
  | { readonly kind: 'plot'; readonly plot: Plot }
  | { readonly kind: 'table'; readonly table: Table }
  | { readonly kind: 'note'; readonly note: string }
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'skipped'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'ended' };

/** How far an experiment is. */
export interface Progress {
  /** What it does: `filling the lane`. */
  readonly doing: string;
  /** 0 to 1; null where that cannot be told. */
  readonly share: number | null;
  /** It leaves the machine to others for a while. */
  readonly isIdle: boolean;
}

/** Calls back for each whole line that a stream of text has brought. */
export class MessageReader {
  readonly #onMessage: (message: Message) => void;
  #rest = '';

  constructor(onMessage: (message: Message) => void) {
    this.#onMessage = onMessage;
  }

  push(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#onMessage(JSON.parse(line) as Message);
  }
}

export function encodeMessage(message: Message): string {
  return `${JSON.stringify(message)}\n`;
}
