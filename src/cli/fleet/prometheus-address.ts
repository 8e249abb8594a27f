import { readFileSync } from 'node:fs';
import { excerpt } from '../../linux/printable.ts';
import { FourtupleError } from '../../tcp/error.ts';

/** Where Prometheus is, and what it wants to see of whoever asks. */
export interface PrometheusAddress {
  /** Without credentials, query and slash at the end: `https://metrics.core/prometheus`. */
  readonly url: string;
  /** The value of the header `Authorization`; null: none is sent. */
  readonly authorization: string | null;
}

const EXAMPLE = 'Write it as http://localhost:9090 or https://metrics.core/prometheus.';

/**
 * Reads where Prometheus is. A user and password in it are sent as basic authentication, and never printed.
 *
 * @throws FourtupleError FT_ARGUMENT
 */
export function parsePrometheusAddress(text: string): PrometheusAddress {
  const shown = `'${excerpt(text.replace(/\/\/.*@/, '//…@'))}'`;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new FourtupleError('FT_ARGUMENT', `${shown} is not the address of a Prometheus`, { hint: EXAMPLE });
  }
  if (url.search !== '' || url.hash !== '') {
    throw new FourtupleError('FT_ARGUMENT', `${shown} has more than a path: leave out what begins with ? or #`);
  }
  const { protocol, host, pathname } = url;
  return { url: `${protocol}//${host}${pathname.replace(/\/+$/, '')}`, authorization: basicOf(url, shown) };
}

function basicOf({ username, password }: URL, shown: string): string | null {
  if (username === '' && password === '') return null;
  try {
    const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    return `Basic ${Buffer.from(credentials).toString('base64')}`;
  } catch {
    throw new FourtupleError('FT_ARGUMENT', `${shown} has a user or password with a % that encodes nothing`, {
      hint: 'Write %25 for a percent sign.',
    });
  }
}

const LONGEST_TOKEN = 65_536;

/**
 * The same address with the token of a file, for `Authorization: Bearer …`.
 *
 * @throws FourtupleError FT_ARGUMENT where it cannot be read, holds no token, or the address has a user already
 */
export function withTokenOf(address: PrometheusAddress, file: string): PrometheusAddress {
  const shown = `--token-file ${excerpt(file)}`;
  if (address.authorization !== null) {
    throw new FourtupleError('FT_ARGUMENT', `${shown}: the address of Prometheus has a user already: leave one out`);
  }
  const token = readToken(file, shown);
  // What a header may hold (RFC 9110): anything else would be refused, with the token in the message.
  if (!/^[\x21-\x7e]+$/.test(token) || token.length > LONGEST_TOKEN) {
    throw new FourtupleError('FT_ARGUMENT', `${shown} holds no token: one line of visible ASCII is expected`);
  }
  return { ...address, authorization: `Bearer ${token}` };
}

function readToken(file: string, shown: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? 'it cannot be read';
    throw new FourtupleError('FT_ARGUMENT', `${shown} cannot be read: ${reason}`, { cause });
  }
}
