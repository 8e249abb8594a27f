/** How fast connections are opened, as a share of the predicted rate. */
export interface Pace {
  readonly name: 'saturated' | 'slower' | 'faster';
  /** null for as fast as the kernel allows it. */
  readonly factor: number | null;
}

/** The share by which a prediction may be wrong. */
export const TOLERANCE = 0.05;

export const PACES: readonly Pace[] = [
  { name: 'saturated', factor: null },
  { name: 'slower', factor: 1 - TOLERANCE },
  { name: 'faster', factor: 1 + TOLERANCE },
];

/** What came of driving a remedy, in opens per second. */
export interface RemedyOutcome {
  readonly predicted: number;
  readonly reached: number;
  /** How many connections were refused. Where the kernel sets the pace they are tried until they are not. */
  readonly refusals: number;
}
