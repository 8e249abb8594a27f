import { isIP } from 'node:net';
import { tryParsePort } from '../../tcp/endpoint-text.ts';

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

const DEFAULT_PORT = 10_404;
const EVERY_ADDRESS = '::';
/** The last part is no number, as that of an address is (RFC 1123, section 2.1). */
const HOST_NAME = /^(?=.{1,253}$)(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)*(?!\d+$)[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?$/i;

/**
 * Reads `127.0.0.1:10404`, `[::1]:10404`, `localhost`, or `:10404` for every address of the machine.
 *
 * @returns undefined where it is none of these
 */
export function parseListenAddress(text: string): ListenAddress | undefined {
  if (isIP(text) === 6) return { host: text, port: DEFAULT_PORT };
  const [, bracketed, name, portText] = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::(.*))?$/s.exec(text) ?? [];
  const port = portText === undefined ? DEFAULT_PORT : portText === '0' ? 0 : tryParsePort(portText);
  if (port === undefined) return undefined;
  if (bracketed !== undefined) return isIP(bracketed) === 6 ? { host: bracketed, port } : undefined;
  if (name === '') return portText === undefined ? undefined : { host: EVERY_ADDRESS, port };
  return name !== undefined && isHost(name) ? { host: name.toLowerCase(), port } : undefined;
}

/** Whether a text is an address, or can be the name of a host. */
export function isHost(text: string): boolean {
  return isIP(text) > 0 || HOST_NAME.test(text);
}
