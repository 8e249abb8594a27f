// A client that opens connections at an even pace and closes them first, until the kernel refuses: JSON of ClientTask.
// Tells its parent when it has opened what it was asked to tell of, and what came of it.

import { openSteadily } from '../test/kit/steady-load.ts';
import type { ClientMessage, ClientTask } from './forecast-lane.ts';

const task: ClientTask = JSON.parse(process.argv[2] ?? '');

process.on('disconnect', () => process.exit());
process.on('SIGINT', () => {});

const tell = (message: ClientMessage): void => void process.send?.(message);
const onTheClock = (at: number): number => performance.timeOrigin + at;

const { opened, endedAt, refusedAt, secondPassAt } = await openSteadily({
  to: { address: '127.0.0.1', port: task.port },
  perSecond: task.perSecond,
  seconds: task.seconds,
  ...(task.holdSeconds === undefined ? {} : { holdSeconds: task.holdSeconds }),
  ...(task.portRange === undefined ? {} : { client: { portRange: task.portRange } }),
  milestones: new Map(task.tellAt.map((count) => [count, () => tell({ reached: count })])),
});
tell({
  ended: {
    opened,
    endedAt: onTheClock(endedAt),
    refusedAt: refusedAt === null ? null : onTheClock(refusedAt),
    secondPassAt: secondPassAt === null ? null : onTheClock(secondPassAt),
  },
});
process.disconnect?.();
