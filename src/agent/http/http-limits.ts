/** What one agent gives to all that read it. Times in milliseconds, sizes in bytes. */
export interface HttpLimits {
  /** Connections at once, those of event readers included; more are closed as they come. */
  readonly connections: number;
  /** Readers of events at once. */
  readonly readers: number;
  /** What may wait for one reader of events; with more it is dropped. */
  readonly queueBytes: number;
  /** For how long something may wait for one reader of events without a moment when nothing waits. */
  readonly behindMs: number;
  /** Between two comments that keep a stream of events alive. */
  readonly commentMs: number;
  /** Lanes of one namespace in one event. */
  readonly eventLanes: number;
  /** The event `sample`; namespaces beyond it are left out. */
  readonly sampleEventBytes: number;
  /** The event `findings`; findings beyond it are left out. */
  readonly findingsEventBytes: number;
  /** From the first byte of a connection, or of a request, to the end of its headers. */
  readonly headersMs: number;
  /** The same to the end of the request. */
  readonly requestMs: number;
  /** How often those two are looked at. */
  readonly checkMs: number;
  /** From an answer to the next request on the same connection. */
  readonly keepAliveMs: number;
  /** Without a byte in either direction, while a request is answered. */
  readonly idleMs: number;
  /** The first line and all headers of a request. */
  readonly headBytes: number;
  /** The path and query of a request. */
  readonly targetBytes: number;
  /** All answers together that have not been taken by those that asked for them. */
  readonly answerBytes: number;
  /** How long answers under way may take when the agent ends. */
  readonly closeMs: number;
}

export const HTTP_LIMITS: HttpLimits = {
  connections: 256,
  readers: 100,
  queueBytes: 1_048_576,
  behindMs: 30_000,
  commentMs: 15_000,
  eventLanes: 50,
  sampleEventBytes: 512_000,
  findingsEventBytes: 256_000,
  headersMs: 5_000,
  requestMs: 10_000,
  checkMs: 1_000,
  // Longer than the usual 15 s between two scrapes, so that Prometheus keeps its connection.
  keepAliveMs: 30_000,
  idleMs: 60_000,
  headBytes: 16_384,
  targetBytes: 2_048,
  answerBytes: 67_108_864,
  closeMs: 500,
};
