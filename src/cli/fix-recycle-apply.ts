import { hasCapability } from '../linux/capabilities.ts';
import { type RecycledLane, type RecycleProgress, recycle } from '../recycling/recycle.ts';
import { FourtupleError } from '../tcp/error.ts';
import { endingOnInterrupt } from './fix-recycle-interrupt.ts';
import { OpensTally } from './fix-recycle-opens.ts';
import { printRecycling } from './fix-recycle-output.ts';
import { RecycleProgressLine } from './fix-recycle-progress.ts';
import type { RecycleRequest } from './fix-recycle-request.ts';
import { isIdle } from './text/recycle-lane.ts';
import { type LaneOpens, renderRecycleSummary } from './text/recycle-summary.ts';

const DONE = { action: 'recycled', command: null, byHand: null, missing: [] } as const;

/** Releases slots: once, or for as long as is asked for. */
export async function applyRecycling(request: RecycleRequest): Promise<void> {
  // Who holds lanes for hours is told at once, and not when there is something to release.
  if (hasCapability('CAP_NET_ADMIN') === false) {
    throw await explain(request, new FourtupleError('FT_PRIVILEGE', 'destroying sockets needs CAP_NET_ADMIN'));
  }
  try {
    await (request.flags.for === undefined ? releaseOnce(request) : hold(request, request.flags.for / 1_000));
  } catch (error) {
    if (!(error instanceof FourtupleError) || !['FT_PRIVILEGE', 'FT_UNSUPPORTED'].includes(error.code)) throw error;
    throw await explain(request, error);
  }
}

async function releaseOnce(request: RecycleRequest): Promise<void> {
  const summary = await recycle({ ...request.options, seconds: null, dryRun: false });
  await printRecycling(
    request,
    {
      ...{ summary, outcome: { ...DONE, held: false } },
      tell: ({ released }) => ({ released, wouldRelease: null, opens: null }),
    },
    (screen) => renderRecycleSummary(summary, screen),
  );
}

/** Holds lanes below their thresholds for so many seconds. */
async function hold(request: RecycleRequest, seconds: number): Promise<void> {
  const line = new RecycleProgressLine(process.stderr, process.env, seconds);
  const tally = new OpensTally();
  const onProgress = (progress: RecycleProgress): void => {
    tally.add(progress);
    line.show(progress, performance.now());
  };
  const work = endingOnInterrupt((signal) => {
    return recycle({ ...request.options, seconds, dryRun: false, signal, onProgress });
  });
  const summary = await work.finally(() => line.end());
  const opensOf = (lane: RecycledLane): LaneOpens | null => tally.of(lane);
  await printRecycling(
    request,
    {
      ...{ summary, outcome: { ...DONE, held: true } },
      tell: (lane) => ({ released: lane.released, wouldRelease: null, opens: opensOf(lane) }),
    },
    (screen) => renderRecycleSummary(summary, screen, opensOf),
  );
}

/** What would be released; nothing where no lane matches. */
async function lanesToRelease({ options }: RecycleRequest): Promise<readonly RecycledLane[]> {
  try {
    const { lanes } = await recycle({ ...options, seconds: null, dryRun: true });
    return lanes.filter((lane) => !isIdle(lane));
  } catch (error) {
    if (error instanceof FourtupleError && error.code === 'FT_ARGUMENT') return [];
    throw error;
  }
}

async function explain(request: RecycleRequest, error: FourtupleError): Promise<FourtupleError> {
  const [{ recyclingByHand }, { explainRefusal }] = await Promise.all([
    import('./fix-recycle-by-hand.ts'),
    import('./fix-recycle-refusal.ts'),
  ]);
  return explainRefusal(error, await recyclingByHand(request.flags, await lanesToRelease(request)));
}
