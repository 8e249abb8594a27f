import { applyChanges } from '../changes/apply.ts';
import type { Instruction } from '../remedies/instruction.ts';
import type { Remedy } from '../remedies/remedy.ts';
import { FourtupleError } from '../tcp/error.ts';
import type { FixFlags } from './fix-flags.ts';
import { alone, openEntries, openJournal } from './fix-journal.ts';
import { type Made, tell } from './fix-observe.ts';
import { printFix, warn } from './fix-output.ts';
import { type FixPlace, inPlace } from './fix-place.ts';
import { type Prepared, prepare } from './fix-prepare.ts';
import type { FixNothing } from './fix-report.ts';
import { doubtsOf, refusalOf } from './fix-safety.ts';
import { renderNothing } from './text/fix-remedy-text.ts';

/** `fourtuple fix REMEDY --apply`. */
export async function apply(flags: FixFlags, remedy: Remedy): Promise<void> {
  await inPlace(flags.netns, async (place) => {
    const made = await make(place, remedy, flags);
    if ('action' in made) await printFix(made, flags.json, renderNothing);
    else await tell(place, remedy, made, flags);
  });
}

async function make(place: FixPlace, remedy: Remedy, flags: FixFlags): Promise<Made | FixNothing> {
  const { capabilities } = place.identity;
  // Before anything is written, the journal's folder included, for a process that cannot do it.
  if (capabilities !== null && !capabilities.has('CAP_NET_ADMIN')) {
    const prepared = await prepare(place, remedy, flags, []);
    if ('action' in prepared) return prepared;
    checkPrivileges(prepared);
  }
  try {
    return await alone(() => makeAlone(place, remedy, flags));
  } catch (error) {
    if (!(error instanceof FourtupleError) || error.code !== 'FT_PRIVILEGE') throw error;
    const prepared = await prepare(place, remedy, flags, []);
    throw 'action' in prepared ? error : withCommands(error, prepared.byHand);
  }
}

/** Looks first: another one may have changed something until just now. */
async function makeAlone(place: FixPlace, remedy: Remedy, flags: FixFlags): Promise<Made | FixNothing> {
  const journal = openJournal();
  const prepared = await prepare(place, remedy, flags, openEntries(journal));
  if ('action' in prepared) return prepared;
  const { changes, lanes } = prepared;
  const refusal = flags.force === true ? null : refusalOf(remedy.id, lanes);
  if (refusal !== null) {
    throw new FourtupleError('FT_REMEDY', refusal, {
      hint: 'Nothing was changed. --force applies it all the same: that is your own word.',
    });
  }
  for (const doubt of doubtsOf(remedy.id, lanes)) warn(doubt);
  return { ...prepared, entry: applyChanges(place, remedy.id, changes, journal) };
}

/** @throws FourtupleError FT_PRIVILEGE naming what is missing, with what root would type */
function checkPrivileges({ missing, byHand }: Prepared): void {
  const [first] = missing;
  if (first === undefined) return;
  throw withCommands(new FourtupleError('FT_PRIVILEGE', first, { hint: 'Nothing was changed.' }), byHand);
}

function withCommands({ code, message, hint, cause }: FourtupleError, byHand: Instruction | null): FourtupleError {
  const commands = byHand === null ? [] : ['By hand, as root:', ...byHand.text.split('\n').map((line) => `  ${line}`)];
  const lines = [...(hint === undefined ? [] : [hint]), ...commands];
  return new FourtupleError(code, message, { hint: lines.join('\n'), cause });
}
