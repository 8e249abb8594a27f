import { programVersion } from '../linux/program-version.ts';
import type { Program } from '../remedies/remedy.ts';
import type { LaneReport } from './report.ts';

/**
 * The program that holds most of a lane's live sockets, with its version where that can be read from its executable; null
 * where none is known.
 */
export function programOf({ processes }: LaneReport): Program | null {
  const [first] = processes;
  return first === undefined ? null : { name: first.name, version: programVersion(first.pid) };
}
