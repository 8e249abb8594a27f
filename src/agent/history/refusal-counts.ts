/** Turns counts that only grow into how much was added to each since the sample before. */
export class RefusalCounts {
  /** Of lanes that have had any: few. */
  readonly #recorded: Map<string, number> = new Map();
  readonly #pending: Map<string, number> = new Map();

  /** Begins a sample; what was asked for by one that could not be recorded is asked for again: nothing is lost. */
  begin(): void {
    this.#pending.clear();
  }

  /** @param count since the agent began; null where it is not counted */
  since(lane: string, count: number | null): number | null {
    if (count === null) return null;
    const before = this.#recorded.get(lane) ?? 0;
    if (count !== before) this.#pending.set(lane, count);
    // A count that has begun anew counts from 0.
    return count < before ? count : count - before;
  }

  /** What was asked for is recorded. */
  settle(): void {
    for (const [lane, count] of this.#pending) this.#recorded.set(lane, count);
  }
}
