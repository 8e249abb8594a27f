import type { RecordedChange } from '../changes/recorded-change.ts';
import { type FoundCgroup, findCgroup } from '../linux/find-cgroup.ts';
import { inNamespace } from '../linux/network-namespace.ts';
import { checkCanPin } from '../linux/spread-pins.ts';
import { HeldSlots } from '../spreading/held-slots.ts';
import { refuseSecondSpread, spreadChanges } from '../spreading/spread-changes.ts';
import { destinationsOf } from '../spreading/spread-lanes.ts';
import { FourtupleError } from '../tcp/error.ts';
import { choicesOf, type Spread } from '../tcp/spread.ts';
import { formatSpread } from '../tcp/spread-text.ts';
import type { FixFlags } from './fix-flags.ts';
import { type FixPlace, lookAt } from './fix-place.ts';
import type { FixSpreadPreview } from './fix-spread-report.ts';
import { cgroupWanted, type SpreadRemedy, spreadOf } from './fix-spread-request.ts';

/** A spread that is asked for, whose connections it is about, and what there is to be said of it. */
export interface PreparedSpread {
  readonly spread: Spread;
  readonly cgroup: FoundCgroup;
  readonly head: Omit<FixSpreadPreview, 'action' | 'missing' | 'command'>;
  /** What this process lacks, one sentence each. */
  readonly missing: readonly string[];
}

/**
 * Looks at what a spread is asked for, and what it would change. Reads only.
 *
 * @throws FourtupleError FT_ARGUMENT, FT_REMEDY, FT_CHANGED, FT_UNSUPPORTED
 */
export async function prepareSpread(place: FixPlace, remedy: SpreadRemedy, flags: FixFlags): Promise<PreparedSpread> {
  const spread = spreadOf(flags, remedy.spreads);
  const cgroup = findCgroup(cgroupWanted(flags));
  const { head, examination, notes } = await lookAt(place);
  const { machine, namespace } = examination;
  const missing = remedy.missing(machine);
  const obstacle = missing.find(({ kind }) => kind !== 'privilege');
  if (obstacle !== undefined) throw new FourtupleError('FT_REMEDY', `${remedy.id} cannot be applied: ${obstacle.text}`);
  if (missing.length === 0) refuseSecondSpread(place, cgroup.directory);
  const { addTo = null, detach = false } = flags;
  if (detach) checkCanPin();
  const held = inNamespace(place.handle, () => HeldSlots.count(spread, machine.range).lanes());
  const changes = spreadChanges(place, spread, { directory: cgroup.directory, addTo, detach });
  return {
    spread,
    cgroup,
    missing: missing.map(({ text }) => text),
    head: {
      ...head,
      ...{ remedy: remedy.id, title: remedy.title, spread: formatSpread(spread), detached: detach },
      cgroup: { path: cgroup.path, processes: cgroup.processes },
      changes,
      destinations: destinationsOf(spread, held, namespace.ports.usable),
      notes: [...notes, ...cgroupNotes(cgroup), ...endNotes(spread), ...addressNotes(changes)],
    },
  };
}

function cgroupNotes({ path, processes }: FoundCgroup): string[] {
  if (path === '/') {
    return [
      'This is the root of the cgroups: connections of every process of the machine are meant, in this network namespace.',
    ];
  }
  return processes === 0 ? ['No process is in this cgroup now: what is started in it is meant.'] : [];
}

/** What lies outside of this machine. */
function endNotes(spread: Spread): string[] {
  if (spread.kind === 'destinations') {
    return ['All of these destinations must answer alike: a program is not told which one it got.'];
  }
  if (choicesOf(spread) !== null) return [];
  return [
    'The network must send what is for the prefix to this machine: a neighbour that asks for one of its addresses gets no answer.',
  ];
}

/** Loopback is nobody else's. */
function addressNotes(changes: readonly RecordedChange[]): string[] {
  const isAdded = changes.some(({ kind, setting }) => kind === 'address' && !setting.endsWith(' on lo'));
  return isAdded
    ? ['No other machine of the network may have an address that is added here: whether one has is not looked for.']
    : [];
}
