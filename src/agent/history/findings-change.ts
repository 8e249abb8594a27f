import type { FindingReport } from '../../diagnosis/report.ts';

/** Their figures change all the time: where nothing else does, they are recorded anew after so many milliseconds. */
const FIGURES_EVERY_MS = 600_000;

/** Tells whether findings differ from those recorded last. */
export class FindingsChange {
  #recorded: { readonly key: string; readonly atMs: number } | null = null;

  /** @param nowMs by a clock that never jumps */
  isWorthRecording(findings: readonly FindingReport[], nowMs: number): boolean {
    const last = this.#recorded;
    return last === null || last.key !== keyOf(findings) || nowMs - last.atMs >= FIGURES_EVERY_MS;
  }

  recorded(findings: readonly FindingReport[], nowMs: number): void {
    this.#recorded = { key: keyOf(findings), atMs: nowMs };
  }

  /** Another file, or another run of it, knows nothing of them. */
  forget(): void {
    this.#recorded = null;
  }
}

function keyOf(findings: readonly FindingReport[]): string {
  return JSON.stringify(
    findings.map(({ code, severity, namespace, namespaceInode, lane }) => [
      ...[code, severity, namespace, namespaceInode],
      ...[lane?.source, lane?.destination, lane?.port],
    ]),
  );
}
