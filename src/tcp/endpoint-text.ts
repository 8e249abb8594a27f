import { MAX_PORT } from './port-range.ts';

/** An address, or several, and a port, or several, taken apart: text that is still to be read. */
export interface EndpointText {
  readonly host: string;
  /** null where there is none. */
  readonly port: string | null;
}

/**
 * Takes `10.0.1.9:8080`, `[2001:db8::9]:8080`, `[2001:db8::/32]` or `10.0.1.0/24` apart. What has more than one colon and no
 * brackets is an IPv6 address without a port.
 */
export function splitEndpoint(text: string): EndpointText {
  const bracketed = /^\[([^\]]+)\](?::(.*))?$/.exec(text);
  if (bracketed !== null) return { host: bracketed[1] as string, port: bracketed[2] ?? null };
  const colon = text.lastIndexOf(':');
  if (colon < 0 || text.indexOf(':') !== colon) return { host: text, port: null };
  return { host: text.slice(0, colon), port: text.slice(colon + 1) };
}

/** A port from 1 to 65535; undefined where the text is none. */
export function tryParsePort(text: string): number | undefined {
  return /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= MAX_PORT ? Number(text) : undefined;
}
