import type { FlagParametersForType } from '@stricli/core';
import { FourtupleError } from '../tcp/error.ts';
import { type LanePattern, parseLanePattern } from '../tcp/lane-pattern.ts';
import { parsePortList } from '../tcp/port-list.ts';
import { type PortRange, parsePortRange } from '../tcp/port-range.ts';
import type { PortSet } from '../tcp/port-set.ts';
import { parseDurationMs, parseWatchMs } from './flags.ts';

/** What every command that reports is asked for: which machine, which namespaces of it, which lanes. */
export interface ReportFlags {
  readonly netns?: string;
  readonly all?: boolean;
  readonly lane?: LanePattern;
  readonly json?: boolean;
  /** Milliseconds. */
  readonly owners: number;
  /** Milliseconds. */
  readonly watchCloses?: number;
  readonly from?: string;
  readonly range?: PortRange;
  readonly reserved?: PortSet;
  readonly listening?: PortSet;
}

export const REPORT_FLAGS: FlagParametersForType<ReportFlags> = {
  netns: {
    kind: 'parsed',
    parse: String,
    optional: true,
    placeholder: 'NAME|PID|PATH',
    brief: "The network namespace to look at: a name of 'ip netns', a process in it, or its file",
  },
  all: { kind: 'boolean', optional: true, withNegated: false, brief: 'Every network namespace of this machine' },
  lane: {
    kind: 'parsed',
    parse: parseLanePattern,
    optional: true,
    placeholder: 'LANE',
    brief: "Only these lanes, 'source>destination:port'; any part may be * or a block like 10.0.0.0/8",
  },
  json: { kind: 'boolean', optional: true, withNegated: false, brief: 'The report as JSON' },
  owners: {
    kind: 'parsed',
    parse: parseDurationMs,
    default: '250ms',
    placeholder: 'TIME',
    brief: 'How long to search for the processes that hold the sockets; 0 not at all',
  },
  watchCloses: {
    kind: 'parsed',
    parse: parseWatchMs,
    optional: true,
    placeholder: 'TIME',
    brief:
      'Watches so long how often connections are closed, and so opened: exact where TIME_WAIT does not show it, as where the other end closes first',
  },
  from: {
    kind: 'parsed',
    parse: String,
    optional: true,
    placeholder: 'FILE',
    brief:
      'Reads a capture instead of this machine: a JSON report, the text of ss -tan, ss -tanoe, ss -tanp or netstat -tan, or /proc/net/tcp; - for standard input',
  },
  range: {
    kind: 'parsed',
    parse: parsePortRange,
    optional: true,
    placeholder: 'LOW-HIGH',
    brief: 'With --from: ip_local_port_range of the captured machine',
  },
  reserved: {
    kind: 'parsed',
    parse: parsePortList,
    optional: true,
    placeholder: 'PORTS',
    brief: 'With --from: ip_local_reserved_ports of the captured machine, like 8080,41000-41003',
  },
  listening: {
    kind: 'parsed',
    parse: parsePortList,
    optional: true,
    placeholder: 'PORTS',
    brief: 'With --from: ports that the captured machine listens on, where the capture does not hold them',
  },
};

/** @throws FourtupleError FT_ARGUMENT where flags exclude each other, or lack the one that they go with */
export function checkCombination(flags: ReportFlags): void {
  const { from, all, netns, range, reserved, listening, watchCloses } = flags;
  if (all === true && netns !== undefined) {
    throw new FourtupleError('FT_ARGUMENT', '--all and --netns exclude each other');
  }
  if (from !== undefined && (all === true || netns !== undefined)) {
    throw new FourtupleError(
      'FT_ARGUMENT',
      '--from reads a capture, which has no namespaces: leave out --all and --netns',
    );
  }
  if (from !== undefined && watchCloses !== undefined) {
    throw new FourtupleError(
      'FT_ARGUMENT',
      '--from reads a capture, in which nothing closes: leave out --watch-closes',
    );
  }
  if (from === undefined && (range !== undefined || reserved !== undefined || listening !== undefined)) {
    throw new FourtupleError(
      'FT_ARGUMENT',
      '--range, --reserved and --listening go with --from: this machine tells its own',
    );
  }
}
