/** Something that the agent tells of, once: a line on stderr. */
export interface AgentEvent {
  readonly level: Level;
  /** A code in kebab-case, which is never renamed: `lane-exhausting`. */
  readonly event: string;
  /** What it is about: `host 10.0.0.5 > 10.0.1.9:8080`; left out where that is the agent itself. */
  readonly subject?: string | undefined;
  /** One sentence, without a full stop. */
  readonly message: string;
  /** For programs that read the log. */
  readonly fields?: Readonly<Record<string, string | number | boolean | null>> | undefined;
}

export type Level = 'info' | 'warning' | 'error';

export type Tell = (event: AgentEvent) => void;
