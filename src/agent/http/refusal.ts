import type { ServerResponse } from 'node:http';

/** What a program may tell refusals apart by, with the status of each. Never renamed. */
export const REFUSALS = {
  'bad-request': 400,
  parameter: 400,
  'token-needed': 401,
  'token-wrong': 401,
  'cross-origin': 403,
  'no-history': 404,
  'not-found': 404,
  'not-sampled': 404,
  'method-refused': 405,
  'too-slow': 408,
  'body-refused': 413,
  'too-long': 414,
  'wrong-host': 421,
  'too-many-tokens': 429,
  'too-large': 431,
  failed: 500,
  'too-many-answers': 503,
  'too-many-readers': 503,
} as const;

export type RefusalCode = keyof typeof REFUSALS;

export interface RefusalDetails {
  /** One sentence that says what to do. */
  readonly hint?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether nothing more may come over this connection. */
  readonly closes?: boolean;
}

/** Why a request is not answered. Its message goes to whoever asked: it names no path of this machine. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly code: RefusalCode;
  readonly hint: string | null;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: RefusalCode, message: string, details: RefusalDetails = {}) {
    super(message);
    this.status = REFUSALS[code];
    this.code = code;
    this.hint = details.hint ?? null;
    this.headers = { ...details.headers, ...(details.closes === true ? { Connection: 'close' } : {}) };
  }
}

/** What is told of an error that nobody foresaw: whoever runs the agent is told the rest. */
export function unforeseen(): Refusal {
  return new Refusal('failed', 'this could not be answered', { hint: "The agent's log says why." });
}

export function refusalJson({ code, message, hint }: Refusal): string {
  return `${JSON.stringify({ error: { code, message, hint } })}\n`;
}

export function refusalHeaders(refusal: Refusal): Record<string, string> {
  return {
    ...JSON_HEADERS,
    'Content-Length': `${Buffer.byteLength(refusalJson(refusal))}`,
    ...refusal.headers,
  };
}

export const JSON_HEADERS: Readonly<Record<string, string>> = {
  'Content-Type': 'application/json; charset=utf-8',
  'Cache-Control': 'no-store',
};

export function writeRefusal(outgoing: ServerResponse, refusal: Refusal): void {
  outgoing.writeHead(refusal.status, refusalHeaders(refusal));
  outgoing.end(outgoing.req.method === 'HEAD' ? undefined : refusalJson(refusal));
}
