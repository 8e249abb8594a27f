import { buildCommand, type Command, type CommandContext } from '@stricli/core';
import { parseLanePattern } from '../tcp/lane-pattern.ts';
import { parsePortList } from '../tcp/port-list.ts';
import { parsePortRange } from '../tcp/port-range.ts';
import { parseDurationMs, parseTop } from './flags.ts';
import type { StatusFlags } from './status-flags.ts';

export const statusCommand: Command<CommandContext> = buildCommand<StatusFlags, [], CommandContext>({
  loader: async () => (await import('./status.ts')).status,
  parameters: {
    flags: {
      netns: {
        kind: 'parsed',
        parse: String,
        optional: true,
        placeholder: 'NAME|PID|PATH',
        brief: "The network namespace to look at: a name of 'ip netns', a process in it, or its file",
      },
      all: { kind: 'boolean', optional: true, withNegated: false, brief: 'Every network namespace of this machine' },
      top: {
        kind: 'parsed',
        parse: parseTop,
        optional: true,
        placeholder: 'N|all',
        brief: 'How many lanes to list, the fullest first (20; with --json 1000)',
      },
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
    },
    aliases: { a: 'all', n: 'netns' },
  },
  docs: {
    brief: 'Which lanes hold how many source ports, with what, and whose they are',
    customUsage: [
      { input: '', brief: 'this machine, once' },
      { input: '--all', brief: 'every network namespace: containers and pods too' },
      { input: '--netns web --top 5', brief: 'the five fullest lanes of one namespace' },
      { input: "--lane '*>10.0.1.9:8080'", brief: 'who uses the ports towards one backend' },
      { input: '--json', brief: 'for a program' },
      { input: '--from capture.txt --range 1024-65535', brief: 'a machine without fourtuple: the text of ss -tanoe' },
    ],
  },
});
