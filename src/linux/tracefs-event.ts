import { formatAddress, parseAddress } from '../tcp/address.ts';

/** A line of `trace_pipe`: who did it, and what the event's own text is (print_trace_fmt() of kernel/trace/trace.c). */
export interface EventLine {
  readonly thread: number;
  /** At most 15 bytes; `<...>` where the kernel has forgotten it (`saved_cmdlines`). */
  readonly name: string;
  readonly text: string;
}

/** The ends of a connection, as `sock:inet_sock_set_state` tells them. */
export interface SocketEnds {
  readonly source: string;
  readonly destination: string;
  readonly port: number;
}

/** `name-thread (process) [cpu] flags time: event: text`; a thread's name may hold anything, a `-7 [001]` too. */
const HEAD = /^ *(.*)-(\d+) +(?:\([ \d-]+\) +)?\[\d+\] [^[\]]*$/s;
/** IPv4 addresses stand in the IPv6 fields too, IPv4-mapped. */
const ENDS = / dport=(\d+) .* saddrv6=([0-9a-f:.]+) daddrv6=([0-9a-f:.]+) /;

/** @returns null where the line is no such event: another one, or the note that some were lost */
export function parseEventLine(line: string, event: string): EventLine | null {
  const mark = `: ${event}: `;
  const at = line.lastIndexOf(mark);
  if (at < 0) return null;
  const head = HEAD.exec(line.slice(0, at));
  if (head === null) return null;
  return { thread: Number(head[2]), name: head[1] as string, text: line.slice(at + mark.length) };
}

/** @returns null where the text is not that of the event */
export function parseSocketEnds(text: string): SocketEnds | null {
  const [, port, source, destination] = ENDS.exec(text) ?? [];
  if (port === undefined || source === undefined || destination === undefined) return null;
  return { source: canonical(source), destination: canonical(destination), port: Number(port) };
}

function canonical(address: string): string {
  return formatAddress(parseAddress(address));
}
