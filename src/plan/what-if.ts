import { EFFORTS } from '../remedies/remedy.ts';
import { capacityGain, modelSlots, modelSustainableOpensPerSecond } from '../tcp/lane-model.ts';
import { assumedMachine } from './assumed-machine.ts';
import { figure } from './figure.ts';
import { narrowestPool, roomOf, tierPools } from './pools.ts';
import { possibleRemedies, remediedPools } from './remedied-pools.ts';
import type { Tier } from './topology.ts';

/** What a remedy alone does for a tier. */
export interface PlannedRemedy {
  readonly id: string;
  readonly title: string;
  readonly tier: string;
  readonly slots: number;
  readonly sustainableOpensPerSecond: number | null;
  /** By how much it multiplies what the tier can sustain or, where no traffic is given, its slots; null where unbounded. */
  readonly gain: number | null;
}

/** Each remedy that gains something for a tier, by its gain, then by the effort it takes, then in the order of the catalog. */
export function planRemedies(tier: Tier): PlannedRemedy[] {
  const machine = assumedMachine(tier.settings);
  const pools = tierPools(tier);
  const before = narrowestPool(pools);
  return possibleRemedies(tier, machine)
    .map((remedy) => {
      const after = narrowestPool(remediedPools(pools, remedy, machine));
      return { remedy, after, gain: capacityGain(roomOf(before), roomOf(after)) };
    })
    .filter(({ gain }) => gain > 1)
    .map(({ remedy, after, gain }) => ({
      effort: EFFORTS.indexOf(remedy.effort),
      planned: {
        id: remedy.id,
        title: remedy.title,
        tier: tier.name,
        slots: modelSlots(after.model),
        sustainableOpensPerSecond: tier.traffic === null ? null : figure(modelSustainableOpensPerSecond(roomOf(after))),
        gain: figure(gain),
      },
    }))
    .sort((a, b) => compareGains(a.planned.gain, b.planned.gain) || a.effort - b.effort)
    .map(({ planned }) => planned);
}

/** The greater first; null is without bound. */
function compareGains(a: number | null, b: number | null): number {
  if (a === b) return 0;
  if (a === null || b === null) return a === null ? -1 : 1;
  return b - a;
}
