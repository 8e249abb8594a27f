import { closeSync, constants, openSync, readSync } from 'node:fs';
import { join } from 'node:path';

/** So many reads of at most some 8 KB at a time, so that signals and timers of this process have their turn. */
const READS_AT_A_TIME = 200;
const BUFFER_SIZE = 65_536;

/** The events of a trace instance as text, each of which is read once (`trace_pipe`, Documentation/trace/ftrace.rst). */
export class TracePipe {
  #fd: number;
  #rest = '';
  readonly #buffer: Buffer = Buffer.allocUnsafe(BUFFER_SIZE);

  private constructor(fd: number) {
    this.#fd = fd;
  }

  static open(folder: string): TracePipe {
    return new TracePipe(openSync(join(folder, 'trace_pipe'), constants.O_RDONLY | constants.O_NONBLOCK));
  }

  /**
   * Takes the lines that are there now.
   *
   * @returns false where there are more, to be read at once
   */
  readLines(take: (line: string) => void): boolean {
    for (let reads = 0; reads < READS_AT_A_TIME; reads += 1) {
      const size = this.#read();
      if (size === 0) return true;
      const lines = `${this.#rest}${this.#buffer.toString('utf8', 0, size)}`.split('\n');
      this.#rest = lines.pop() as string;
      for (const line of lines) take(line);
    }
    return false;
  }

  close(): void {
    if (this.#fd >= 0) closeSync(this.#fd);
    this.#fd = -1;
  }

  #read(): number {
    try {
      return readSync(this.#fd, this.#buffer);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return 0;
      throw error;
    }
  }
}
