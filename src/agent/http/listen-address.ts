import { lookup } from 'node:dns/promises';
import { isLoopback, tryParseAddress } from '../../tcp/address.ts';
import { FourtupleError } from '../../tcp/error.ts';
import type { ListenConfig } from '../config/agent-config.ts';

// What a header Authorization can carry as a bearer token (RFC 6750 §2.1).
const TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/;
const SHORTEST_TOKEN = 16;
const MAKE_TOKEN = 'Make one: head -c 24 /dev/urandom | base64.';

/**
 * Finds the address to listen on. One that others can reach is refused where anybody there could read what is told.
 *
 * @throws FourtupleError FT_ARGUMENT for an address that is not safe and for a token that is none, FT_ADDRESS for a host that is not known
 */
export async function safeAddress({ host, token, isOpen }: ListenConfig): Promise<string> {
  if (token !== null) checkToken(token);
  const addresses = await addressesOf(host);
  const other = addresses.find((address) => !isLoopbackText(address));
  if (other !== undefined && token === null && !isOpen) {
    const name = other === host ? host : `${host} (${other})`;
    throw new FourtupleError(
      'FT_ARGUMENT',
      `${name} is not a loopback address: others could read this machine's lanes`,
      {
        hint: 'Configure a token, or say --open where anybody who reaches it may read; or listen on 127.0.0.1.',
      },
    );
  }
  return addresses[0] as string;
}

/** IPv4 first: what asks `localhost` tries both, and what asks 127.0.0.1 only that. */
async function addressesOf(host: string): Promise<string[]> {
  const text = host.replace(/^\[(.*)\]$/, '$1');
  try {
    if (text === '') throw new Error('it is empty');
    const found = await lookup(text, { all: true });
    return found.sort((a, b) => a.family - b.family).map(({ address }) => address);
  } catch (cause) {
    throw new FourtupleError('FT_ADDRESS', `'${host}' is no address, nor a name of one that is known here`, {
      hint: 'Write --listen 127.0.0.1:10404, or [::1]:10404.',
      cause,
    });
  }
}

function isLoopbackText(text: string): boolean {
  const address = tryParseAddress(text.replace(/%.*$/, ''));
  return address !== undefined && isLoopback(address);
}

function checkToken(token: string): void {
  if (!TOKEN.test(token)) {
    throw new FourtupleError('FT_ARGUMENT', 'the token has characters that no header can carry, or is empty', {
      hint: `A token consists of letters, digits and -._~+/, with = at its end only. ${MAKE_TOKEN}`,
    });
  }
  if (token.length >= SHORTEST_TOKEN) return;
  throw new FourtupleError('FT_ARGUMENT', `the token has ${token.length} characters, fewer than ${SHORTEST_TOKEN}`, {
    hint: `A short one can be guessed. ${MAKE_TOKEN}`,
  });
}
