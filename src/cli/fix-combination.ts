import { FourtupleError } from '../tcp/error.ts';
import type { FixFlags } from './fix-flags.ts';
import { flagName } from './flag-name.ts';

type Flag = Exclude<keyof FixFlags, 'observe' | 'json'>;

/** Flags of some remedies only. */
const RECYCLING = ['recycle-time-wait'];
const SPREADS = ['spread-sources', 'spread-destinations'];
const OWNERS: Readonly<Partial<Record<Flag, readonly string[]>>> = {
  to: ['wider-range', 'spread-sources'],
  threshold: RECYCLING,
  for: [...RECYCLING, ...SPREADS],
  sources: ['spread-sources'],
  addTo: ['spread-sources'],
  from: ['spread-destinations'],
  over: ['spread-destinations'],
  cgroup: SPREADS,
  unit: SPREADS,
  pid: SPREADS,
  container: SPREADS,
  detach: SPREADS,
};

/** What needs a remedy. */
const OF_REMEDIES: readonly Flag[] = ['apply', 'persist', 'force', ...(Object.keys(OWNERS) as Flag[])];
/** What says what is to be applied, or how. */
const NOT_OF_UNDO: readonly Flag[] = ['persist', 'lane', ...(Object.keys(OWNERS) as Flag[])];

/** @throws FourtupleError FT_ARGUMENT where flags exclude each other, or lack what they go with */
export function checkFixFlags(flags: FixFlags, remedy: string | undefined): void {
  if (flags.undo !== undefined) {
    checkUndo(flags, remedy);
    return;
  }
  if (remedy === undefined) {
    const [first] = given(flags, OF_REMEDIES);
    if (first === undefined) return;
    throw new FourtupleError('FT_ARGUMENT', `${flagName(first)} goes with a remedy, and none is named`, {
      hint: '`fourtuple fix` lists those that can be applied here.',
    });
  }
  for (const [flag, owners] of Object.entries(OWNERS) as [Flag, readonly string[]][]) {
    if (owners.includes(remedy) || given(flags, [flag]).length === 0) continue;
    throw new FourtupleError(
      'FT_ARGUMENT',
      `${flagName(flag)} goes with ${owners.join(' and ')}: leave it out for ${remedy}`,
    );
  }
  if (flags.persist === true && [...RECYCLING, ...SPREADS].includes(remedy)) {
    throw new FourtupleError('FT_ARGUMENT', `${remedy} changes no setting that could be kept: leave out --persist`);
  }
  const [idle] = SPREADS.includes(remedy) ? given(flags, ['lane', 'force']) : [];
  if (idle !== undefined) {
    throw new FourtupleError('FT_ARGUMENT', `${remedy} is told by flags of its own: leave out ${flagName(idle)}`);
  }
  if (flags.detach === true && flags.for !== undefined) {
    throw new FourtupleError('FT_ARGUMENT', 'what is detached stays until --undo: leave out --for, or --detach');
  }
}

function checkUndo(flags: FixFlags, remedy: string | undefined): void {
  if (remedy !== undefined) {
    throw new FourtupleError('FT_ARGUMENT', `--undo takes back what was applied: leave out '${remedy}'`, {
      hint: 'What is taken back is named by its number: --undo 3. `fourtuple fix` lists what is applied.',
    });
  }
  const [first] = given(flags, NOT_OF_UNDO);
  if (first !== undefined) {
    throw new FourtupleError('FT_ARGUMENT', `--undo restores what was there before: leave out ${flagName(first)}`);
  }
  if (typeof flags.undo === 'number' && flags.netns !== undefined) {
    throw new FourtupleError('FT_ARGUMENT', `entry ${flags.undo} tells its namespace: leave out --netns`);
  }
}

function given(flags: FixFlags, names: readonly Flag[]): Flag[] {
  return names.filter((name) => flags[name] !== undefined && flags[name] !== false);
}
