import { readFileSync } from 'node:fs';
import { readTopology } from '../plan/file/read-topology.ts';
import type { Topology } from '../plan/topology.ts';
import { FourtupleError } from '../tcp/error.ts';

const STANDARD_INPUT = '-';

/**
 * Reads a topology.
 *
 * @param file its path, or `-` for standard input
 * @throws FourtupleError FT_TOPOLOGY where it cannot be read, naming line and column
 */
export function readTopologyFile(file: string): Topology {
  const name = file === STANDARD_INPUT ? 'standard input' : file;
  return readTopology(readText(file, name), name);
}

function readText(file: string, name: string): string {
  try {
    return readFileSync(file === STANDARD_INPUT ? 0 : file, 'utf8');
  } catch (cause) {
    throw new FourtupleError('FT_TOPOLOGY', `${name} cannot be read: ${(cause as Error).message}`, { cause });
  }
}
