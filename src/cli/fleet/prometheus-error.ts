import { excerpt, printable } from '../../linux/printable.ts';
import { FourtupleError } from '../../tcp/error.ts';
import { formatSeconds } from '../../tcp/number-text.ts';

const CERTIFICATE = /CERT|UNABLE_TO_/;

/** What fetch() failed with, or what broke the connection while the answer came. */
export function notReached(url: string, error: unknown): FourtupleError {
  const cause = (error instanceof Error && error.cause) || error;
  const { code = '', message } = cause as NodeJS.ErrnoException;
  const reason = REASONS[code] ?? excerpt([code, message].filter((part) => part !== '').join(': '));
  const hint = CERTIFICATE.test(code)
    ? 'Where your own authority signs it: NODE_EXTRA_CA_CERTS=/path/to/authority.pem fourtuple fleet …'
    : undefined;
  return new FourtupleError('FT_PROMETHEUS', `Prometheus at ${url} cannot be reached: ${reason}`, { hint, cause });
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there (ECONNREFUSED)',
  ENOTFOUND: 'there is no host of that name (ENOTFOUND)',
  EAI_AGAIN: 'its name cannot be looked up now (EAI_AGAIN)',
  ECONNRESET: 'it closed the connection (ECONNRESET)',
  UND_ERR_SOCKET: 'it closed the connection in the middle of an answer',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak https there: write http://',
};

export function tooSlow({ url, timeoutMs }: { url: string; timeoutMs: number }): FourtupleError {
  return new FourtupleError(
    'FT_PROMETHEUS',
    `Prometheus at ${url} has not answered within ${formatSeconds(timeoutMs / 1_000)}`,
    { hint: 'Give it more time, as --timeout 60s, or ask for fewer machines: --match \'job="proxies"\'.' },
  );
}

export function tooLarge(url: string, bytes: number): FourtupleError {
  return new FourtupleError(
    'FT_PROMETHEUS',
    `Prometheus at ${url} gives an answer of more than ${bytes / 1024 / 1024} MB`,
    { hint: 'Ask for fewer machines or lanes: --top, --lanes, --match.' },
  );
}

/** Something else than an instant vector, in an answer that says that all went well. */
export function answeredWrong(url: string, text: string, reason: string): FourtupleError {
  const what = looksLikePage(text) ? 'it answers with a web page' : reason;
  return new FourtupleError('FT_PROMETHEUS', `${url} is not a Prometheus: ${what}`, { hint: ABOUT_ADDRESS });
}

const ABOUT_ADDRESS =
  'The address is the one of its web page, without /graph or /query; a path that it is served under belongs to it.';

function looksLikePage(text: string): boolean {
  return /^\s*<(?:!doctype|html)/i.test(text);
}

/** An answer whose HTTP status says that something went wrong. */
export function refused(
  { status, statusText, headers }: Response,
  text: string,
  json: unknown,
  asked: { url: string; timeoutMs: number },
): FourtupleError {
  const { url } = asked;
  const fail = (what: string, hint?: string): FourtupleError =>
    new FourtupleError('FT_PROMETHEUS', `Prometheus at ${url} ${what}`, { hint });
  const own = ownError(json);
  if (status === 401) return fail('wants to know who asks (HTTP 401)', HOW_TO_LOG_IN);
  if (status === 403) return fail(`refuses the query (HTTP 403)${own === null ? '' : `: ${own.message}`}`, MAY_NOT);
  if (own?.type === 'timeout' || own?.type === 'canceled') return tooSlow(asked);
  if (own !== null) {
    return fail(`refuses the query (${own.type}): ${own.message}`, own.type === 'bad_data' ? CHECK_MATCH : undefined);
  }
  if (status >= 300 && status < 400) {
    const target = headers.get('location');
    return fail(`redirects${target === null ? '' : ` to ${excerpt(target)}`} (HTTP ${status})`, FOLLOW);
  }
  if (status === 404 || status === 405 || looksLikePage(text)) {
    return new FourtupleError(
      'FT_PROMETHEUS',
      `${url} is not a Prometheus: it answers HTTP ${status} to ${url}/api/v1/query`,
      { hint: ABOUT_ADDRESS },
    );
  }
  return fail(`answers HTTP ${status} ${excerpt(statusText)}${text === '' ? '' : `: ${excerpt(text)}`}`);
}

const HOW_TO_LOG_IN =
  'Give --token-file FILE, or a user and password in FOURTUPLE_PROMETHEUS_URL=https://user:password@metrics.core.';
const MAY_NOT = 'Whoever the token or the user belongs to may not query there.';
const CHECK_MATCH = 'Check --match: it is put into every query.';
const FOLLOW = 'Give the address that it redirects to: credentials are sent nowhere else than you say.';

/** Its messages repeat the query. */
const LONGEST_MESSAGE = 300;

/** What Prometheus itself says: `{"status":"error","errorType":"bad_data","error":"…"}`. */
function ownError(json: unknown): { readonly type: string; readonly message: string } | null {
  if (typeof json !== 'object' || json === null || !('error' in json) || typeof json.error !== 'string') return null;
  const type = 'errorType' in json && typeof json.errorType === 'string' ? json.errorType : 'error';
  return { type: excerpt(type), message: printable(json.error.slice(0, LONGEST_MESSAGE)) };
}
