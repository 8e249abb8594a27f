// A client that opens connections with itself at an even pace and closes them first, until the kernel refuses:
// JSON of ClientTask. Tells its parent when it has opened what it was asked to tell of, and what came of it.

import { serve } from '../test/kit/connections.ts';
import { openSteadily } from '../test/kit/steady-load.ts';
import type { ClientMessage, ClientTask } from './forecast-lane.ts';

const task: ClientTask = JSON.parse(process.argv[2] ?? '');

process.on('disconnect', () => process.exit());
process.on('SIGINT', () => {});

const tell = (message: ClientMessage): void => void process.send?.(message);
const now = (at: number): number => performance.timeOrigin + at;

const outcome = await openSteadily({
  to: serve('127.0.0.1', task.port),
  perSecond: task.perSecond,
  seconds: task.seconds,
  ...(task.holdSeconds === undefined ? {} : { holdSeconds: task.holdSeconds }),
  ...(task.portRange === undefined ? {} : { client: { portRange: task.portRange } }),
  milestones: new Map(task.tellAt.map((opened) => [opened, () => tell({ opened, at: now(performance.now()) })])),
});
const { startedAt, endedAt, refusedAt, secondPassAt, ...counts } = outcome;
tell({
  ended: {
    ...counts,
    startedAt: now(startedAt),
    endedAt: now(endedAt),
    refusedAt: refusedAt === null ? null : now(refusedAt),
    secondPassAt: secondPassAt === null ? null : now(secondPassAt),
  },
});
process.disconnect?.();
