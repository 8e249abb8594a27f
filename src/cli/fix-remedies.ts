import { REMEDIES } from '../remedies/catalog.ts';
import type { Remedy } from '../remedies/remedy.ts';
import { FourtupleError } from '../tcp/error.ts';
import { nearNames } from '../tcp/near-names.ts';

/** The remedies that the program itself can do. */
export const FIXES: readonly Remedy[] = REMEDIES.filter(
  ({ changes, releases, spreads }) => changes !== undefined || releases === true || spreads !== undefined,
);

/**
 * The remedy with an id.
 *
 * @throws FourtupleError FT_ARGUMENT where there is none; FT_REMEDY where a person must do it
 */
export function findFix(id: string): Remedy {
  const found = FIXES.find((remedy) => remedy.id === id);
  if (found !== undefined) return found;
  const known = `What fix can apply: ${FIXES.map((remedy) => remedy.id).join(', ')}.`;
  const all = REMEDIES.map((remedy) => remedy.id);
  if (all.includes(id)) {
    throw new FourtupleError('FT_REMEDY', `${id} is nothing that fix can apply`, {
      hint: `\`fourtuple doctor --full\` shows what to write for it where it helps, or why it cannot be had. ${known}`,
    });
  }
  const [nearest] = nearNames(id, all, 1);
  throw new FourtupleError('FT_ARGUMENT', `there is no remedy '${id}', did you mean ${nearest}?`, { hint: known });
}
