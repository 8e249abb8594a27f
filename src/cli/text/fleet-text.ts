import { formatInstant } from '../../tcp/instant-text.ts';
import { formatLane } from '../../tcp/lane.ts';
import { formatSeconds, formatShare, plural } from '../../tcp/number-text.ts';
import type { FleetReport, MachineReport, MachineState } from '../fleet/fleet-report.ts';
import { MACHINE_STATES } from '../fleet/fleet-report.ts';
import { fullness } from '../fleet/lane-figures.ts';
import { hostOf } from '../fleet/machine-names.ts';
import { fitForScreen } from './fit-for-screen.ts';
import { renderMachines } from './fleet-table.ts';
import { renderNote } from './report-head.ts';
import type { Screen } from './screen.ts';
import { style } from './style.ts';
import { wrap } from './wrap.ts';

/** A fleet as a person reads it: how many machines are how, then the worst of them. */
export function renderFleet(given: FleetReport, screen: Screen): string {
  const report = fitForScreen(given, screen);
  const summary = [wrap(summarize(report), screen.width), ...report.notes.map((note) => renderNote(note, screen))];
  const machines = [...renderMachines(report.machines, screen), ...describeOmitted(report, screen)];
  const next = describeNext(report.machines);
  const blocks = [
    renderHead(report, screen),
    summary.join('\n'),
    machines.join('\n'),
    ...(next === null ? [] : [wrap(next, screen.width)]),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function renderHead({ prometheus, takenAt, durationSeconds }: FleetReport, screen: Screen): string {
  const parts = [prometheus, formatInstant(takenAt), `asked in ${formatSeconds(durationSeconds)}`];
  return style(screen, 'dim', parts.join(screen.unicode ? ' · ' : ', '));
}

const STATE_TEXTS: Readonly<Record<MachineState, string>> = {
  refusing: 'with refused connects',
  exhausted: 'exhausted',
  exhausting: 'exhausting',
  'past-cliff': 'past the cliff',
  finding: 'with other findings',
  stale: 'stale',
  down: 'down',
  healthy: 'healthy',
};

/** What is all well is one sentence. */
function summarize({ machinesTotal, states, machines }: FleetReport): string {
  if (states.healthy < machinesTotal) return `${plural(machinesTotal, 'machine')}: ${describeStates(states)}`;
  const who = machinesTotal === 1 ? 'The only machine is' : `All ${plural(machinesTotal, 'machine')} are`;
  const [first] = machines;
  const [lane] = [...(first?.lanes ?? [])].sort((a, b) => fullness(b) - fullness(a));
  if (first === undefined || lane === undefined) return `${who} healthy: no lane holds a slot.`;
  const share = formatShare(fullness(lane));
  return `${who} healthy: the fullest lane, ${formatLane(lane)} on ${first.name}, is ${share} full.`;
}

function describeStates(states: Readonly<Record<MachineState, number>>): string {
  return MACHINE_STATES.filter((state) => states[state] > 0)
    .map((state) => plural(states[state], STATE_TEXTS[state], STATE_TEXTS[state]))
    .join(', ');
}

function describeOmitted({ machines, machinesOmitted, states }: FleetReport, screen: Screen): string[] {
  if (machinesOmitted === 0) return [];
  const omitted = { ...states };
  for (const { state } of machines) omitted[state] -= 1;
  const text = `and ${plural(machinesOmitted, 'more machine')}: ${describeStates(omitted)} (--top all lists them)`;
  return [style(screen, 'dim', wrap(text, screen.width))];
}

/** What a shell takes as it stands. */
const PLAIN = /^[\w][\w.:-]*$/;

/** What to type next: the worst machine explains itself. */
function describeNext([worst]: readonly MachineReport[]): string | null {
  if (worst === undefined || worst.state === 'healthy') return null;
  if (worst.state === 'down' || worst.state === 'stale') {
    return `next: see whether 'fourtuple agent' runs on ${worst.name}, and whether Prometheus reaches it`;
  }
  const host = hostOf(worst.labels);
  return PLAIN.test(host) ? `next: ssh ${host} fourtuple doctor${namespaceFlag(worst)}` : null;
}

function namespaceFlag({ lanes: [lane] }: MachineReport): string {
  if (lane === undefined || lane.namespace === 'host') return '';
  return PLAIN.test(lane.namespace) ? ` --netns ${lane.namespace}` : ' --all';
}
