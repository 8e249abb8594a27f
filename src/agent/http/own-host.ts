import { type Address, isLoopback, sameAddress, tryParseAddress } from '../../tcp/address.ts';

/** The end of a connection on this machine. */
export interface OwnEnd {
  readonly localAddress?: string | undefined;
  readonly localPort?: number | undefined;
}

interface HostText {
  /** Lower case, without brackets and the dot at the end. */
  readonly name: string;
  readonly port: number | null;
}

// A name, an IPv4 address, or an IPv6 address in brackets; a port or none.
const HOST = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9_-]+(?:\.[a-z0-9_-]+)*)\.?)(?::(\d{1,5}))?$/;

/**
 * Whether a request is addressed to this agent: against DNS rebinding, where a page's own name suddenly leads to this
 * address, and the browser takes the agent for a part of the page. What the browser does not let a page choose is the
 * name in the header Host.
 *
 * @param listened the host that the agent was told to listen on
 * @param configured other names and addresses: with any port, as a tunnel or a proxy may have another one
 */
export function isOwnHost(
  header: string | undefined,
  end: OwnEnd,
  listened: string,
  configured: readonly string[],
): boolean {
  const asked = header === undefined ? null : readHost(header);
  if (asked === null) return false;
  if (configured.some((name) => isSameHost(asked.name, nameOf(name)))) return true;
  if (asked.port !== null && asked.port !== end.localPort) return false;
  if (isLoopbackName(asked.name)) return true;
  return [listened, withoutZone(end.localAddress ?? '')].some((name) => isSameHost(asked.name, nameOf(name)));
}

/** As {@link readHost} gives it, so that both can be compared; IPv6 addresses may be without brackets here. */
function nameOf(text: string): string {
  return readHost(text)?.name ?? text.toLowerCase();
}

function readHost(text: string): HostText | null {
  const match = HOST.exec(text.toLowerCase());
  if (match === null) return null;
  const name = match[1] ?? (match[2] as string);
  if (match[1] !== undefined && tryParseAddress(name) === undefined) return null;
  return { name, port: match[3] === undefined ? null : Number(match[3]) };
}

function isLoopbackName(name: string): boolean {
  const address = tryParseAddress(name);
  return address === undefined ? name === 'localhost' : isLoopback(address);
}

function isSameHost(a: string, b: string): boolean {
  const [first, second]: (Address | undefined)[] = [tryParseAddress(a), tryParseAddress(b)];
  return first === undefined || second === undefined ? a === b : sameAddress(first, second);
}

function withoutZone(address: string): string {
  return address.replace(/%.*$/, '');
}
