import { bracketed, destinationOf, endpointText } from './configuration/ends.ts';
import type { Instruction } from './instruction.ts';
import type { Remedy, Situation } from './remedy.ts';

/** Closing connections that the other end has closed long ago: CLOSE_WAIT lasts until the program calls close(). */
export const closeWhatLeaks: Remedy = {
  id: 'close-what-leaks',
  title: 'Close the connections that the other end has closed',
  effort: 'code',
  missing: () => [],
  safety: () => ({ safe: true, reason: 'the other end has closed these connections: nothing more comes over them' }),
  // A connection in CLOSE_WAIT never ends by itself; once closed it holds its slot no longer.
  predict: (model) => ({ ...model, holdSeconds: Number.isFinite(model.holdSeconds) ? model.holdSeconds : 0 }),
  byHand: (situation) => [listLeaks(situation)],
};

function listLeaks({ lane, machine: { commandPrefix } }: Situation): Instruction {
  const filter = `src ${bracketed(lane.source)} dst ${endpointText(destinationOf(lane))}`;
  // A shell would take the brackets of IPv6 for a pattern.
  const quoted = filter.includes('[') ? `'${filter}'` : filter;
  const program = lane.program?.name ?? 'the program';
  return {
    where: 'shell',
    text: `${commandPrefix} ss -tnp state close-wait ${quoted}`.trim(),
    note: `It lists what ${program} leaks, which only its code can cure: close() when recv() returns 0 or an error comes; restarting it frees the slots at once.`,
  };
}
