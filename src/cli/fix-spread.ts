import type { FixFlags } from './fix-flags.ts';
import { commandLine, printFix } from './fix-output.ts';
import { inPlace } from './fix-place.ts';
import { prepareSpread } from './fix-spread-place.ts';
import type { SpreadRemedy } from './fix-spread-request.ts';
import { renderSpreadPreview } from './text/spread-text.ts';

/** `fourtuple fix spread-sources` and `spread-destinations`. */
export async function spreadConnections(flags: FixFlags, remedy: SpreadRemedy): Promise<void> {
  if (flags.apply === true) {
    const { applySpread } = await import('./fix-spread-apply.ts');
    await applySpread(flags, remedy);
    return;
  }
  const { head, missing } = await inPlace(flags.netns, (place) => prepareSpread(place, remedy, flags));
  const command = commandLine(process.argv.slice(2), '--apply');
  await printFix({ ...head, action: 'spread-preview', missing, command }, flags.json, renderSpreadPreview);
}
