import { expect } from 'vitest';
import { readTopology } from '../../src/plan/file/read-topology.ts';
import { FourtupleError } from '../../src/tcp/error.ts';

/** What is wrong with a topology file `proxy.yaml`, a line each; none where it can be read. */
export function mistakesOf(text: string): string[] {
  try {
    readTopology(text, 'proxy.yaml');
  } catch (error) {
    if (!(error instanceof FourtupleError)) throw error;
    expect(error.code).toBe('FT_TOPOLOGY');
    expect(error.hint).toContain('tiers:');
    return error.message.split('\n');
  }
  return [];
}
