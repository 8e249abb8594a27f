/**
 * What a watch saw one lane do: averages over the watch, in connections per second (0 or more).
 */
export interface ObservedRates {
  /** Connections that opened. */
  readonly opensPerSecond: number;
  /** Connections that closed, with or without TIME_WAIT. */
  readonly closesPerSecond: number;
  /** TIME_WAIT sockets that appeared. At most the closes; the rest of the closes freed their port at once. */
  readonly timeWaitsPerSecond: number;
  /** How long the watch took, which tells how far chance may part the rates; one second where left out. */
  readonly seconds?: number;
}
