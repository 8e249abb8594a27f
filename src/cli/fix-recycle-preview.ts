import { recycle } from '../recycling/recycle.ts';
import { commandLine } from './fix-output.ts';
import { recyclingByHand } from './fix-recycle-by-hand.ts';
import { printRecycling } from './fix-recycle-output.ts';
import type { RecycleRequest } from './fix-recycle-request.ts';
import { isIdle } from './text/recycle-lane.ts';
import { renderRecyclePreview } from './text/recycle-preview.ts';

/** Says what would be released, and releases nothing. */
export async function previewRecycling(request: RecycleRequest): Promise<void> {
  const summary = await recycle({ ...request.options, seconds: null, dryRun: true });
  const { missing, instructions } = await recyclingByHand(
    request.flags,
    summary.lanes.filter((lane) => !isIdle(lane)),
  );
  const command = commandLine(process.argv.slice(2));
  const outcome = {
    ...({ action: 'recycle-preview', held: false, command: `${command} --apply`, missing } as const),
    byHand: instructions.length === 0 ? null : instructions.map(({ text }) => text).join('\n'),
  };
  await printRecycling(
    request,
    {
      summary: { ...summary, released: 0 },
      outcome,
      tell: ({ released }) => ({ wouldRelease: released, released: 0, opens: null }),
    },
    (screen) => renderRecyclePreview(summary, { command, missing, byHand: instructions }, screen),
  );
}
