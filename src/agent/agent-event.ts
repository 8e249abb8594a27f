/** Something that a person who runs the agent wants to know: one line of its log. */
export interface AgentEvent {
  readonly level: 'info' | 'warning' | 'error';
  /** Stable: `interval-stretched`. */
  readonly event: string;
  /** One sentence. */
  readonly message: string;
  readonly fields?: Readonly<Record<string, string | number | boolean | null>>;
}

export type Tell = (event: AgentEvent) => void;
