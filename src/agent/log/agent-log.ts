import { fstatSync } from 'node:fs';
import { writeUnblocked } from '../../linux/write-unblocked.ts';
import type { AgentEvent } from '../agent-event.ts';
import { type LineFormat, logLine } from './log-line.ts';
import { Repeats } from './repeats.ts';

const REPEATED_AFTER_MS = 60_000;
const STDERR = 2;

export interface LogOptions extends LineFormat {
  /** Takes a line where that can be done at once. @returns false where it is lost */
  readonly write: (line: string) => boolean;
  /** For how long the same is not told again, in milliseconds. */
  readonly repeatMs?: number;
}

/** What the agent tells of: a line for each event. Nothing that becomes of a line holds the agent up, or fails. */
export class AgentLog {
  readonly #options: LogOptions;
  readonly #repeats: Repeats;
  #lost = 0;

  constructor(options: LogOptions) {
    this.#options = options;
    this.#repeats = new Repeats((event) => this.#write(event), options.repeatMs ?? REPEATED_AFTER_MS);
  }

  /** The same event about the same subject is told once a minute, with how often it was. */
  log(event: AgentEvent): void {
    this.#repeats.add(event);
  }

  /** Tells what is held back: the last thing to do. */
  close(): void {
    this.#repeats.flush();
  }

  #write(event: AgentEvent): void {
    if (this.#lost > 0 && this.#tryLine(linesLost(this.#lost))) this.#lost = 0;
    if (this.#lost > 0 || !this.#tryLine(event)) this.#lost += 1;
  }

  #tryLine(event: AgentEvent): boolean {
    return this.#options.write(logLine(event, new Date(), this.#options));
  }
}

function linesLost(count: number): AgentEvent {
  const lines = count === 1 ? '1 line was' : `${count} lines were`;
  return { level: 'warning', event: 'log-lost', message: `${lines} lost: nobody read them`, fields: { lost: count } };
}

/**
 * The log on stderr.
 *
 * @param environment where systemd tells whether stderr is its journal (JOURNAL_STREAM of systemd.exec(5))
 */
export function openAgentLog(
  format: LineFormat['format'],
  environment: Readonly<Record<string, string | undefined>>,
): AgentLog {
  return new AgentLog({
    format,
    isJournal: isJournal(STDERR, environment.JOURNAL_STREAM),
    write: (line) => writeUnblocked(STDERR, Buffer.from(line)) === 'written',
  });
}

/** @param stream device and inode of the journal's socket: `8:4711` */
export function isJournal(fd: number, stream: string | undefined): boolean {
  if (stream === undefined || !/^\d+:\d+$/.test(stream)) return false;
  try {
    const { dev, ino } = fstatSync(fd, { bigint: true });
    return stream === `${dev}:${ino}`;
  } catch {
    return false;
  }
}
