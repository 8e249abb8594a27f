import type { IncomingMessage } from 'node:http';
import { excerpt } from '../../linux/printable.ts';
import type { ListenConfig } from '../config/agent-config.ts';
import type { HttpLimits } from './http-limits.ts';
import { isOwnHost } from './own-host.ts';
import { Refusal } from './refusal.ts';
import { comesFromOtherOrigin } from './same-origin.ts';
import { readTarget, type Target } from './target.ts';
import { type TokenGate, tokenNeeded } from './token-gate.ts';

/** A request that may be answered. */
export interface Visit extends Target {
  readonly headers: IncomingMessage['headers'];
  /** Whether a token was shown, or none is asked for. */
  readonly isTrusted: boolean;
  /** What a browser is to keep in place of the token that it was opened with. */
  readonly cookie: string | null;
}

/** May be asked without a token: what probes it can keep no secret. It tells those less. */
export const OPEN_PATH = '/healthz';

/**
 * Decides whether a request is answered at all.
 *
 * @param gate null where no token is asked for
 * @throws Refusal saying why it is not
 */
export function examine(
  incoming: IncomingMessage,
  { host, hostNames }: Pick<ListenConfig, 'host' | 'hostNames'>,
  gate: TokenGate | null,
  limits: HttpLimits,
): Visit {
  const { headers, socket } = incoming;
  checkMethod(incoming.method ?? '');
  checkBody(headers);
  const target = readTarget(incoming.url ?? '', limits.targetBytes);
  checkHost(incoming, host, hostNames);
  if (comesFromOtherOrigin(headers)) {
    throw new Refusal('cross-origin', 'a page of another origin may not ask this agent', {
      hint: 'Open the agent itself, or ask it from a program.',
    });
  }
  const from = socket.remoteAddress ?? '';
  const cookie = gate === null ? null : (cookieForToken(target, gate, from) ?? null);
  const isTrusted = gate === null || cookie !== null || gate.mayRead(headers, from);
  if (!isTrusted && target.path !== OPEN_PATH) throw tokenNeeded();
  return { ...target, headers, isTrusted, cookie };
}

function checkMethod(method: string): void {
  if (method === 'GET' || method === 'HEAD') return;
  throw new Refusal('method-refused', 'nothing can be changed here: it can only be read', {
    hint: 'Ask with GET or HEAD.',
    headers: { Allow: 'GET, HEAD' },
    closes: true,
  });
}

function checkBody(headers: IncomingMessage['headers']): void {
  const length = headers['content-length'];
  if (headers['transfer-encoding'] === undefined && (length === undefined || /^0+$/.test(length))) return;
  throw new Refusal('body-refused', 'a request has no body here', { closes: true });
}

function checkHost(incoming: IncomingMessage, listened: string, configured: readonly string[]): void {
  const { headers, socket, rawHeaders } = incoming;
  const hosts = rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host');
  if (hosts.length > 1) throw new Refusal('bad-request', 'there is more than one header Host', { closes: true });
  if (isOwnHost(headers.host, socket, listened, configured)) return;
  const asked = headers.host === undefined ? 'no host' : `'${excerpt(headers.host)}'`;
  throw new Refusal('wrong-host', `this agent does not answer to ${asked}`, {
    hint: 'Ask by the address and the port that it listens on, or start it with that name among its --host-names.',
    closes: true,
  });
}

function cookieForToken({ path, query }: Target, gate: TokenGate, from: string): string | undefined {
  const token = path === '/' ? query.find(([name]) => name === 'token')?.[1] : undefined;
  return token === undefined ? undefined : gate.cookieFor(token, from);
}
