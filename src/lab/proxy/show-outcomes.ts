import { formatCount, formatRate } from '../../tcp/number-text.ts';
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
const BIN_SECONDS = 0.25;

/** Tells it all as a table, curves and notes. @param judged the proxy as it is first */
export function showOutcomes(stage: Stage, program: ProxyProgram, offer: Offer, judged: readonly Judged[]): void {
  const version = proxyVersion(program);
  const name = version === null ? program.title : `${program.title} ${version}`;
  stage.table(outcomeTable(name, offer, judged));
  stage.plot(servedPlot(judged));
  stage.plot(timeWaitPlot(judged));
  stage.note(program.note);
  const [first] = judged;
  if (first !== undefined) stage.note(failuresNote(first));
}

function outcomeTable(name: string, { count, perSecond }: Offer, judged: readonly Judged[]): Table {
  return {
    title: `${name} between 4 clients and 2 backends: ${formatCount(count)} requests, ${formatRate(perSecond)} per second`,
    columns: ['change', 'slots', 'sustains /s', 'failures predicted', 'measured', 'served', 'served /s at the end'],
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

/** Per second, of the last requests that were sent. */
function servedAtEnd({ exchanges }: VariantOutcome): number {
  const last = exchanges.slice(Math.floor((1 - LAST_SHARE) * exchanges.length));
  const from = Math.min(...last.map(({ sentAt }) => sentAt));
  const to = Math.max(...last.map(({ endedAt }) => endedAt));
  return last.filter(({ failure }) => failure === null).length / (to - from);
}

function servedPlot(judged: readonly Judged[]): Plot {
  const ends = judged.flatMap(({ outlook }) => outlook.firstRefusalSeconds ?? []);
  return {
    title: 'Requests served',
    x: { label: 'time', unit: 'seconds' },
    y: { label: 'served', unit: 'per second' },
    series: judged.map(({ outcome }) => ({ name: outcome.variant.change, points: servedOverTime(outcome) })),
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
    series: judged.map(({ outcome: { variant, timeWaits } }) => ({ name: variant.change, points: timeWaits })),
    marks: [],
  };
}

function failuresNote({ outcome }: Judged): string {
  const counts = new Map<string, number>();
  for (const failure of failuresOf(outcome)) counts.set(failure, (counts.get(failure) ?? 0) + 1);
  const kinds = Array.from(counts, ([failure, count]) => `${formatCount(count)} × ${failure}`);
  return `What clients saw of the proxy as it is: ${kinds.join(', ') || 'no failure'}.`;
}
