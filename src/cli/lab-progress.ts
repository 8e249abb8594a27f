import type { Experiment } from '../lab/experiment.ts';
import type { ExperimentReport } from '../lab/lab-report.ts';
import type { Progress } from '../lab/messages.ts';
import { describeEnd, renderEnd, renderHidden, renderQueue, renderRunning } from './text/lab-progress-text.ts';
import { type Screen, screenOf } from './text/screen.ts';

/** What messages are written to: standard error, or what a test puts in its place. */
export interface ProgressScreen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

const REDRAW_MS = 120;
/** Of a terminal that does not tell: it may have none, too. */
const FEW_ROWS = 24;
const CLEAR_LINE_END = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';
// biome-ignore lint/suspicious/noControlCharactersInRegex: what colours are made of
const COLOUR = /\u001b\[\d+m/g;

interface Started {
  readonly experiment: Experiment;
  readonly atMs: number;
  progress: Progress | null;
}

/**
 * Live progress of a lab. On a terminal a line for each experiment that goes on, drawn anew in its place, below one for
 * each that has ended; elsewhere only the latter.
 */
export class LabProgress {
  readonly #stream: ProgressScreen;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #isTerminal: boolean;
  readonly #hasEstimates: boolean;
  readonly #names: number;
  readonly #started = new Map<string, Started>();
  #toCome: number;
  #tick = 0;
  /** The width of each line of the block that stands on the terminal. */
  #drawn: readonly number[] = [];
  #timer: NodeJS.Timeout | null = null;
  #isClosed = false;

  /** @param hasEstimates whether experiments take about as long as they say */
  constructor(
    experiments: readonly Experiment[],
    stream: ProgressScreen,
    environment: NodeJS.ProcessEnv,
    hasEstimates: boolean,
  ) {
    this.#stream = stream;
    this.#environment = environment;
    this.#isTerminal = stream.isTTY === true && environment.TERM !== 'dumb';
    this.#hasEstimates = hasEstimates;
    this.#names = Math.max(0, ...experiments.map(({ name }) => name.length));
    this.#toCome = experiments.length;
  }

  start(experiment: Experiment): void {
    this.#toCome -= 1;
    this.#started.set(experiment.name, { experiment, atMs: performance.now(), progress: null });
    if (!this.#isTerminal || this.#isClosed) return;
    this.#timer ??= setInterval(() => this.#draw(), REDRAW_MS).unref();
    this.#draw();
  }

  show({ name }: Experiment, progress: Progress): void {
    const started = this.#started.get(name);
    if (started !== undefined) started.progress = progress;
  }

  end(report: ExperimentReport): void {
    // What cannot run here has not begun.
    if (!this.#started.delete(report.name)) this.#toCome -= 1;
    if (this.#isClosed) return;
    if (this.#isTerminal) {
      this.#draw(renderEnd(report, this.#names, this.#screen()));
      return;
    }
    const { mark, text } = describeEnd(report, this.#names, this.#screen());
    this.#stream.write(`${mark} ${text}\n`);
  }

  /** Leaves the place of the block to what is written next. */
  close(): void {
    this.#isClosed = true;
    if (this.#timer !== null) clearInterval(this.#timer);
    if (this.#drawn.length > 0) this.#stream.write(this.#home() + CLEAR_BELOW);
    this.#drawn = [];
  }

  /** In one write, and nothing is cleared before it is written over: a terminal has no time to flicker. */
  #draw(...ended: readonly string[]): void {
    const screen = this.#screen();
    const block = this.#block(screen);
    const lines = [...ended, ...block].map((line) => `${line}${CLEAR_LINE_END}\n`);
    this.#stream.write(this.#home() + lines.join('') + CLEAR_BELOW);
    this.#drawn = block.map((line) => line.replace(COLOUR, '').length);
    this.#tick += 1;
  }

  #block(screen: Screen): string[] {
    const now = performance.now();
    const running = [...this.#started.values()].map(({ experiment, atMs, progress }) =>
      renderRunning({ experiment, elapsedSeconds: (now - atMs) / 1_000, progress }, screen, {
        ...{ names: this.#names, tick: this.#tick, hasEstimate: this.#hasEstimates },
      }),
    );
    // The cursor stands in a line of its own.
    const room = Math.max(1, (this.#stream.rows || FEW_ROWS) - 1);
    const queue = this.#toCome > 0 ? [renderQueue(this.#toCome, screen)] : [];
    if (running.length + queue.length <= room) return [...running, ...queue];
    if (running.length <= room) return running;
    return [...running.slice(0, room - 1), renderHidden(running.length - room + 1, screen)];
  }

  /** Back to the block's first line: in a window that was made narrower, a line of it takes several. */
  #home(): string {
    const { width } = this.#screen();
    const rows = this.#drawn.reduce((sum, length) => sum + Math.max(1, Math.ceil(length / width)), 0);
    return rows === 0 ? '\r' : `\r\u001b[${rows}A`;
  }

  /** As wide as the terminal is now, whatever the environment says: lines must not be broken. */
  #screen(): Screen {
    const screen = screenOf(this.#stream, this.#environment);
    return this.#isTerminal ? { ...screen, width: this.#stream.columns || screen.width } : screen;
  }
}
