import type { RecycleOutcome } from './fix-recycle-report.ts';
import type { RecycleRequest } from './fix-recycle-request.ts';
import { print } from './output.ts';
import { type Screen, screenOf } from './text/screen.ts';

/** Prints what came of it for a person, or all of it as JSON. */
export async function printRecycling(
  request: RecycleRequest,
  outcome: RecycleOutcome,
  render: (screen: Screen) => string,
): Promise<void> {
  if (request.flags.json === true) {
    const { recycleReport } = await import('./fix-recycle-report.ts');
    await print(`${JSON.stringify(recycleReport(request, outcome), null, 2)}\n`);
  } else await print(render(screenOf(process.stdout, process.env)));
}
