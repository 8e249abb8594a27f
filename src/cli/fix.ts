import type { Remedy } from '../remedies/remedy.ts';
import type { PortRange } from '../tcp/port-range.ts';
import { checkFixFlags } from './fix-combination.ts';
import type { FixFlags } from './fix-flags.ts';

/** `fourtuple fix`. */
export async function fix(flags: FixFlags, id?: string): Promise<void> {
  checkFixFlags(flags, id);
  if (flags.undo !== undefined) {
    const { undo } = await import('./fix-undo.ts');
    await undo(flags.undo, flags);
  } else if (id === undefined) {
    const { list } = await import('./fix-list.ts');
    await list(flags);
  } else await fixBy(id, flags);
}

async function fixBy(id: string, flags: FixFlags): Promise<void> {
  const { findFix } = await import('./fix-remedies.ts');
  const found = findFix(id);
  if (found.releases === true) {
    const { recycleLanes } = await import('./fix-recycle.ts');
    await recycleLanes(flags);
    return;
  }
  const { spreads } = found;
  if (spreads !== undefined) {
    const { spreadConnections } = await import('./fix-spread.ts');
    await spreadConnections(flags, { ...found, spreads });
    return;
  }
  const remedy = flags.to === undefined ? found : await widerRange(flags.to);
  if (flags.apply === true) {
    const { apply } = await import('./fix-apply.ts');
    await apply(flags, remedy);
  } else {
    const { preview } = await import('./fix-preview.ts');
    await preview(flags, remedy);
  }
}

async function widerRange(to: NonNullable<FixFlags['to']>): Promise<Remedy> {
  const [{ widerRangeTo }, { chosenRange }] = await Promise.all([
    import('../remedies/wider-range.ts'),
    import('./fix-prepare.ts'),
  ]);
  return widerRangeTo(chosenRange(to) as PortRange);
}
