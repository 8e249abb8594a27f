import { FourtupleError } from '../tcp/error.ts';
import type { FixFlags } from './fix-flags.ts';

const RECYCLING = 'recycle-time-wait';

type Flag = Exclude<keyof FixFlags, 'observe' | 'json'>;

/** What needs a remedy. */
const OF_REMEDIES: readonly Flag[] = ['apply', 'persist', 'force', 'to', 'threshold', 'for'];
/** What says what is to be applied, or how. */
const NOT_OF_UNDO: readonly Flag[] = ['persist', 'lane', 'to', 'threshold', 'for'];

/** @throws FourtupleError FT_ARGUMENT where flags exclude each other, or lack what they go with */
export function checkFixFlags(flags: FixFlags, remedy: string | undefined): void {
  if (flags.undo !== undefined) {
    checkUndo(flags, remedy);
    return;
  }
  if (remedy === undefined) {
    const [first] = given(flags, OF_REMEDIES);
    if (first === undefined) return;
    throw new FourtupleError('FT_ARGUMENT', `--${first} goes with a remedy, and none is named`, {
      hint: '`fourtuple fix` lists those that can be applied here.',
    });
  }
  if (flags.to !== undefined && remedy !== 'wider-range') {
    throw new FourtupleError('FT_ARGUMENT', `--to is the range of wider-range: leave it out for ${remedy}`);
  }
  if (remedy === RECYCLING) {
    if (flags.persist !== true) return;
    throw new FourtupleError('FT_ARGUMENT', `${RECYCLING} changes no setting that could be kept: leave out --persist`);
  }
  const [first] = given(flags, ['threshold', 'for']);
  if (first !== undefined) {
    throw new FourtupleError('FT_ARGUMENT', `--${first} goes with ${RECYCLING}: leave it out for ${remedy}`);
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
    throw new FourtupleError('FT_ARGUMENT', `--undo restores what was there before: leave out --${first}`);
  }
  if (typeof flags.undo === 'number' && flags.netns !== undefined) {
    throw new FourtupleError('FT_ARGUMENT', `entry ${flags.undo} tells its namespace: leave out --netns`);
  }
}

function given(flags: FixFlags, names: readonly Flag[]): Flag[] {
  return names.filter((name) => flags[name] !== undefined && flags[name] !== false);
}
