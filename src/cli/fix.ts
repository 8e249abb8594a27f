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
  const { to } = flags;
  const remedy = to === undefined ? found : (await import('../remedies/wider-range.ts')).widerRangeTo(to);
  if (flags.apply === true) {
    const { apply } = await import('./fix-apply.ts');
    await apply(flags, remedy);
  } else {
    const { preview } = await import('./fix-preview.ts');
    await preview(flags, remedy);
  }
}
