/** Something that a person who runs the agent wants to know: one line of its log. */
export interface AgentEvent {
  readonly level: Level;
  /** Stable: `interval-stretched`. */
  readonly event: string;
  /** What it is about: `host 10.0.0.5>10.0.1.9:8080`; left out where the event alone, or its message, says that. */
  readonly subject?: string | undefined;
  /** One sentence. */
  readonly message: string;
  readonly fields?: Readonly<Record<string, string | number | boolean | null>> | undefined;
}

export type Level = 'info' | 'warning' | 'error';

export type Tell = (event: AgentEvent) => void;
