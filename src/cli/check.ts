import type { ApplicationContext, CommandContext } from '@stricli/core';
import { LANES_EXAMINED } from '../diagnosis/examination.ts';
import type { Report } from '../diagnosis/report.ts';
import { openNamespace, ownNamespaceInode } from '../linux/network-namespace.ts';
import { reportMachine } from '../machine/machine-report.ts';
import { FourtupleError } from '../tcp/error.ts';
import { announceWatch } from './announce-watch.ts';
import { checkDetails, type Looked } from './check/check-details.ts';
import { checkLine } from './check/check-text.ts';
import { startDeadline } from './check/deadline.ts';
import { figuresOf } from './check/figures.ts';
import { judge } from './check/judge.ts';
import { nextCommands } from './check/next-command.ts';
import { exitCodeOf, stateLine } from './check/state.ts';
import { type CheckFlags, checkTogether, thresholdsOf } from './check-flags.ts';
import { version } from './version.ts';

/** How long the owners of sockets are searched for in each namespace, in milliseconds. */
const OWNERS_MS = 250;

/** `fourtuple check`, inside of run-plugin.ts: what it throws is UNKNOWN, and so is an exit code that is not set. */
export async function check(this: CommandContext, flags: CheckFlags): Promise<void> {
  const { process }: ApplicationContext = this;
  if (flags.version === true) return void process.stdout.write(`fourtuple ${version}\n`);
  checkTogether(flags);
  const { seconds, state } = flags.timeout;
  const late = `no answer within ${seconds} s: the machine is busy, or has very many sockets; --timeout waits longer`;
  const deadline = startDeadline(seconds, `${stateLine(state, late)}\n`, exitCodeOf(state));
  let looked: Looked;
  try {
    looked = await look(flags);
  } finally {
    await deadline.met();
  }
  const { verdict } = looked;
  const next = nextCommands(verdict.alarms[0]?.place ?? null, {
    netns: flags.netns,
    ownInode: ownNamespaceInode(),
    inodeOf,
  });
  process.exitCode = exitCodeOf(verdict.state);
  process.stdout.write(`${[checkLine(looked, next), ...checkDetails(looked, flags.verbose ?? 0)].join('\n')}\n`);
}

async function look(flags: CheckFlags): Promise<Looked> {
  const unread: string[] = [];
  const { netns, all, lane, watchCloses, trace } = flags;
  const report: Report = await reportMachine(
    { netns, all, lane, watchCloses, announceWatch, trace, top: LANES_EXAMINED, owners: OWNERS_MS, thorough: false },
    (reason, code) => {
      // A namespace that has gone since it was listed has no lanes any more.
      if (code !== 'FT_NAMESPACE') unread.push(reason);
    },
  );
  const thresholds = thresholdsOf(flags);
  const isNarrowed = lane !== undefined;
  const figures = figuresOf(report, { isTraced: trace !== undefined, isNarrowed });
  return { report, figures, thresholds, verdict: judge(figures, thresholds, unread), isNarrowed };
}

function inodeOf(reference: string): number | null {
  try {
    const handle = openNamespace(reference);
    handle.close();
    return handle.inode;
  } catch (error) {
    if (!(error instanceof FourtupleError)) throw error;
    return null;
  }
}
