import { type Assertion, expect } from 'vitest';

/** What becomes true in the end; how long that takes is the machine's affair. */
export function eventually<T>(read: () => T): Assertion<Awaited<T>> {
  return expect.poll(read, { timeout: 15_000, interval: 10 }) as unknown as Assertion<Awaited<T>>;
}
