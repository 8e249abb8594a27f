/** What a monitoring plugin can say; its place in the list is the exit code. */
export const STATES = ['OK', 'WARNING', 'CRITICAL', 'UNKNOWN'] as const;
export type State = (typeof STATES)[number];

/** From the least to the worst: what alerts for certain is worse than what is not known. */
const BY_WEIGHT: readonly State[] = ['OK', 'UNKNOWN', 'WARNING', 'CRITICAL'];

/** The exit code that stands for a state. */
export function exitCodeOf(state: State): number {
  return STATES.indexOf(state);
}

/** OK where there are none. */
export function worstOf(states: readonly State[]): State {
  return states.reduce<State>((worst, state) => (weightOf(state) > weightOf(worst) ? state : worst), 'OK');
}

export function weightOf(state: State): number {
  return BY_WEIGHT.indexOf(state);
}

/** How the line begins that a monitoring system shows. */
export function stateLine(state: State, text = ''): string {
  return `FOURTUPLE ${state} - ${text}`;
}
