import { FourtupleError } from '../tcp/error.ts';
import { flagName } from './flag-name.ts';
import type { PlanFlags, TopologyFlags } from './plan-flags.ts';

const OF_HOSTS = ['range', 'reserved', 'timeWait', 'reuse', 'boundBeforeConnect'] as const;
const OF_TRAFFIC = [
  ...(['rate', 'hold', 'requestsPerConnection', 'closes'] as const),
  ...(['pattern', 'roundTrip', 'keep', 'lanes', 'retries'] as const),
];
const THROUGH_PROXIES = ['clients', 'proxies', 'backends'] as const;
const BETWEEN_TWO = ['sources', 'destinations'] as const;
const OF_TOPOLOGY: readonly (keyof TopologyFlags)[] = [
  ...THROUGH_PROXIES,
  ...BETWEEN_TWO,
  'ports',
  ...OF_TRAFFIC,
  ...OF_HOSTS,
  'via',
  'viaAddresses',
];

/** @throws FourtupleError FT_ARGUMENT where flags exclude each other, or lack what they go with */
export function checkPlanFlags(flags: PlanFlags, file: string | undefined): void {
  if (flags.json === true && flags.html === '-') {
    throw wrong('--json and --html - exclude each other: both write to standard output');
  }
  if (flags.simulate === undefined && (flags.runs !== undefined || flags.seed !== undefined)) {
    throw wrong('--runs and --seed go with --simulate: add it');
  }
  if (checkGiven(flags, file)) return;
  checkHosts(flags);
  checkTraffic(flags);
  checkGateway(flags);
}

/** @returns whether a file or a report tells all that is planned */
function checkGiven(flags: PlanFlags, file: string | undefined): boolean {
  const { fromStatus, grow } = flags;
  if (fromStatus !== undefined && file !== undefined) {
    throw wrong('--from-status and FILE exclude each other: a plan is of a machine or of a topology');
  }
  if (fromStatus === undefined && file === undefined) {
    if (grow === undefined) return false;
    throw wrong('--grow multiplies the rates of FILE or of --from-status: with flags, write the --rate itself');
  }
  const [first] = given(flags, OF_TOPOLOGY);
  if (first === undefined) return true;
  const other = file === undefined ? 'the report of --from-status' : 'the file';
  throw wrong(`${flagName(first)} describes a topology, and ${other} does: leave out one`, {
    hint: first === 'rate' ? '--grow 2 doubles the rates that are there.' : undefined,
  });
}

/** Whether anything is said of a topology. */
export function describesTopology(flags: TopologyFlags): boolean {
  return given(flags, OF_TOPOLOGY).length > 0;
}

function checkHosts(flags: TopologyFlags): void {
  const proxied = given(flags, THROUGH_PROXIES);
  const [first] = proxied;
  if (first === undefined) return;
  const [other] = given(flags, BETWEEN_TWO);
  if (other !== undefined) {
    throw wrong(`${flagName(first)} and ${flagName(other)} exclude each other`, {
      hint: 'Clients reach backends through proxies; sources reach destinations with nothing between.',
    });
  }
  const lacking = THROUGH_PROXIES.find((name) => flags[name] === undefined);
  if (lacking !== undefined) {
    throw wrong(`--clients, --proxies and --backends go together: add ${flagName(lacking)}`, {
      hint: 'With nothing between, write --sources and --destinations.',
    });
  }
  const [alone] = flags.rate === undefined ? given(flags, OF_TRAFFIC) : [];
  if (alone !== undefined) throw wrong(`${flagName(alone)} goes with --rate where there are proxies: add it`);
}

function checkTraffic(flags: TopologyFlags): void {
  const { closes, reuse } = flags;
  if (closes === 'to' && reuse !== undefined) {
    throw wrong(
      '--reuse takes over TIME_WAIT slots of the client, and with --closes server it has none: leave out one',
    );
  }
}

function checkGateway({ via, viaAddresses }: TopologyFlags): void {
  if (via === undefined && viaAddresses !== undefined) {
    throw wrong('--via-addresses goes with --via: name the gateway');
  }
}

function given<Name extends keyof TopologyFlags>(flags: TopologyFlags, names: readonly Name[]): Name[] {
  return names.filter((name) => flags[name] !== undefined && flags[name] !== false);
}

function wrong(message: string, details: { readonly hint?: string | undefined } = {}): FourtupleError {
  return new FourtupleError('FT_ARGUMENT', message, details);
}
