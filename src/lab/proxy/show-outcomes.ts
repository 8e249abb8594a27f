import { keepConnections } from '../../remedies/keep-connections.ts';
import { recycleTimeWait } from '../../remedies/recycle-time-wait.ts';
import type { Remedy } from '../../remedies/remedy.ts';
import { tcpTwReuse } from '../../remedies/tcp-tw-reuse.ts';
import { formatCount, formatRate, formatSeconds } from '../../tcp/number-text.ts';
import type { Plot, Table } from '../lab-report.ts';
import type { Stage } from '../stage.ts';
import type { Offer, Outlook } from './outlook.ts';
import type { ProxyProgram } from './proxy-program.ts';
import { proxyVersion } from './running-proxy.ts';
import type { VariantOutcome } from './variant-run.ts';

/** A variant: what was expected, and what came of it. */
export interface Judged {
  readonly outlook: Outlook;
  readonly outcome: VariantOutcome;
}

/** Of the requests: by then the proxy as it is has long been exhausted. */
const LAST_SHARE = 0.2;
const BIN_SECONDS = 0.5;

/** Those that are drawn: more curves would hide each other. null: the proxy as it is. */
const SERVED: readonly (Remedy | null)[] = [null, tcpTwReuse];
const WAITING: readonly (Remedy | null)[] = [null, tcpTwReuse, recycleTimeWait, keepConnections];

/** Tells it all as a table, curves and notes. @param judged the proxy as it is first */
export function showOutcomes(stage: Stage, program: ProxyProgram, offer: Offer, judged: readonly Judged[]): void {
  const version = proxyVersion(program);
  const name = version === null ? program.title : `${program.title} ${version}`;
  stage.table(outcomeTable(name, offer, judged));
  stage.plot(servedPlot(judged));
  stage.plot(timeWaitPlot(judged));
  const [first] = judged;
  if (first !== undefined) stage.note(failuresNote(first));
  for (const note of [...laterNotes(offer, judged), program.note]) stage.note(note);
}

function outcomeTable(name: string, { count, perSecond }: Offer, judged: readonly Judged[]): Table {
  return {
    title: `${name}, 4 clients, 2 backends: ${formatCount(count)} requests, ${formatRate(perSecond)}/s; served /s of the last fifth`,
    columns: ['change', 'slots', 'sustains /s', 'predicted to fail', 'failed', 'served', 'served /s'],
    rows: judged.map(({ outlook, outcome }) => {
      const failures = failuresOf(outcome).length;
      return [
        outcome.variant.change,
        outlook.slots,
        Math.round(outlook.sustainableOpensPerSecond),
        outlook.refused,
        failures,
        outcome.exchanges.length - failures,
        Math.round(servedAtEnd(outcome)),
      ];
    }),
  };
}

/** What clients saw of the requests that failed. */
export function failuresOf({ exchanges }: VariantOutcome): string[] {
  return exchanges.flatMap(({ failure }) => failure ?? []);
}

/** Per second, of the last requests: from the end of the one before them to the end of the last. */
function servedAtEnd({ exchanges }: VariantOutcome): number {
  const first = Math.floor((1 - LAST_SHARE) * exchanges.length);
  const last = exchanges.slice(first);
  const from = exchanges[first - 1]?.endedAt ?? 0;
  const to = Math.max(...last.map(({ endedAt }) => endedAt));
  return last.filter(({ failure }) => failure === null).length / (to - from);
}

function servedPlot(judged: readonly Judged[]): Plot {
  const ends = judged.flatMap(({ outlook }) => outlook.firstRefusalSeconds ?? []);
  return {
    title: 'Requests served',
    x: { label: 'time', unit: 'seconds' },
    y: { label: 'served', unit: 'per second' },
    series: drawn(judged, SERVED).map((outcome) => ({
      name: outcome.variant.change,
      points: servedOverTime(outcome),
    })),
    marks: ends.map((x) => ({ x, label: 'the ports end' })),
  };
}

/** By when they were answered, until the last one was sent. */
function servedOverTime({ exchanges }: VariantOutcome): [number, number][] {
  const seconds = exchanges.at(-1)?.sentAt ?? 0;
  const counts = Array.from({ length: Math.floor(seconds / BIN_SECONDS) }, () => 0);
  for (const { endedAt, failure } of exchanges) {
    const bin = Math.floor(endedAt / BIN_SECONDS);
    if (failure === null && bin < counts.length) counts[bin] = (counts[bin] as number) + 1;
  }
  return counts.map((count, bin) => [(bin + 0.5) * BIN_SECONDS, count / BIN_SECONDS]);
}

function timeWaitPlot(judged: readonly Judged[]): Plot {
  return {
    title: "TIME_WAIT on the proxy's host",
    x: { label: 'time', unit: 'seconds' },
    y: { label: 'sockets', unit: 'count' },
    series: drawn(judged, WAITING).map(({ variant, timeWaits }) => ({ name: variant.change, points: timeWaits })),
    marks: [],
  };
}

function drawn(judged: readonly Judged[], remedies: readonly (Remedy | null)[]): VariantOutcome[] {
  return judged.map(({ outcome }) => outcome).filter(({ variant }) => remedies.includes(variant.remedy));
}

/** What only adds slots gives time. */
function laterNotes({ perSecond }: Offer, judged: readonly Judged[]): string[] {
  const later = judged
    .filter(({ outlook }) => outlook.refused === 0 && outlook.sustainableOpensPerSecond < perSecond)
    .map(({ outlook, outcome }) => `${outcome.variant.change} after ${formatSeconds(outlook.freeSlots / perSecond)}`);
  return later.length === 0
    ? []
    : [`At ${formatRate(perSecond)}/s these would end too, only later: ${later.join(', ')}.`];
}

function failuresNote({ outcome }: Judged): string {
  const counts = new Map<string, number>();
  for (const failure of failuresOf(outcome)) counts.set(failure, (counts.get(failure) ?? 0) + 1);
  const kinds = Array.from(counts, ([failure, count]) => `${formatCount(count)} × ${failure}`);
  return `What clients saw of the proxy as it is: ${kinds.join(', ') || 'no failure'}.`;
}
