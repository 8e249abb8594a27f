import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { RareEvents } from './http-event.ts';
import { Refusal } from './refusal.ts';
import type { WrongTokens } from './wrong-tokens.ts';

/** Knows who may read where a token is asked for. */
export class TokenGate {
  readonly #token: string;
  readonly #cookie: { readonly name: string; readonly value: string };
  readonly #wrongTokens: WrongTokens;
  readonly #rare: RareEvents;

  constructor(token: string, wrongTokens: WrongTokens, rare: RareEvents) {
    this.#token = token;
    // Browsers share cookies among the ports of a host: the name too tells agents with different tokens apart.
    this.#cookie = { name: `fourtuple-${derived(token, 'name').slice(0, 8)}`, value: derived(token, 'cookie') };
    this.#wrongTokens = wrongTokens;
    this.#rare = rare;
  }

  /**
   * @returns whether the token was shown, in a header or by a cookie that was given for it
   * @throws Refusal 401 for a wrong token, 429 after too many of them
   */
  mayRead(headers: IncomingHttpHeaders, from: string): boolean {
    if (isSame(cookieValue(headers.cookie, this.#cookie.name), this.#cookie.value)) return true;
    const token = /^bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
    if (token === undefined) return false;
    this.#check(token, from);
    return true;
  }

  /**
   * @returns the header Set-Cookie that spares a browser the token from now on
   * @throws Refusal like {@link mayRead}
   */
  cookieFor(token: string, from: string): string {
    this.#check(token, from);
    return `${this.#cookie.name}=${this.#cookie.value}; HttpOnly; SameSite=Strict`;
  }

  #check(token: string, from: string): void {
    const waitSeconds = this.#wrongTokens.secondsToWait(from);
    if (waitSeconds > 0) {
      throw new Refusal('too-many-tokens', 'too many wrong tokens came from this address', {
        hint: `No token is looked at for ${waitSeconds} s.`,
        headers: { 'Retry-After': `${waitSeconds}` },
        closes: true,
      });
    }
    if (isSame(token, this.#token)) return;
    this.#wrongTokens.add(from);
    this.#rare.happened('tokens-wrong', `a wrong token came from ${from}`);
    throw new Refusal('token-wrong', 'the token is wrong', {
      headers: { 'WWW-Authenticate': 'Bearer realm="fourtuple", error="invalid_token"' },
      closes: true,
    });
  }
}

export function tokenNeeded(): Refusal {
  return new Refusal('token-needed', 'this agent answers only to those who know its token', {
    hint: "Send the header 'Authorization: Bearer TOKEN'; in a browser, open /?token=TOKEN once.",
    headers: { 'WWW-Authenticate': 'Bearer realm="fourtuple"' },
  });
}

function derived(token: string, purpose: string): string {
  return createHmac('sha256', token).update(`fourtuple ${purpose}`).digest('base64url');
}

const COMPARED_BY = randomBytes(32);

/** Takes as long for each text that is given, whatever it has in common with the right one, its length included. */
function isSame(given: string | undefined, right: string): boolean {
  const digest = (text: string): Buffer => createHmac('sha256', COMPARED_BY).update(text).digest();
  return given !== undefined && timingSafeEqual(digest(given), digest(right));
}

function cookieValue(header: string | undefined, name: string): string | undefined {
  const pair = header?.split(/; */).find((one) => one.startsWith(`${name}=`));
  return pair?.slice(name.length + 1);
}
