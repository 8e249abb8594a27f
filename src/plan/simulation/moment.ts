/**
 * A time in seconds from the start, as the only number of an array: a number that is passed to a function or returned by it
 * is allocated wherever the call is not inlined, once for each connection.
 */
export type Moment = Float64Array;

export function momentAt(seconds: number): Moment {
  return Float64Array.of(seconds);
}
