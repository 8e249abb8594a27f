/** Why the agent gave no answer, in its own words where it said some. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  /** HTTP's status; null where no answer came at all. */
  readonly status: number | null;
  readonly hint: string | null;

  constructor(status: number | null, message: string, hint: string | null) {
    super(message);
    this.status = status;
    this.hint = hint;
  }
}

const KEPT_AS = 'fourtuple-token';

let token: string | null = readToken();

/** What the agent asks for where it does not listen on loopback; kept until the tab is closed. */
export function useToken(given: string): void {
  token = given;
  try {
    sessionStorage.setItem(KEPT_AS, given);
  } catch {
    // A browser that keeps nothing asks again with the next page.
  }
}

/**
 * @param path below the page's own address
 * @throws {RequestError}
 */
export async function request(path: string, signal?: AbortSignal): Promise<Response> {
  const headers: HeadersInit = token === null ? {} : { authorization: `Bearer ${token}` };
  let response: Response;
  try {
    response = await fetch(path, { headers, cache: 'no-store', ...(signal === undefined ? {} : { signal }) });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new RequestError(null, 'The agent does not answer.', 'Is it still running? systemctl status fourtuple-agent');
  }
  if (response.ok) return response;
  const { message, hint } = await readError(response);
  throw new RequestError(response.status, message ?? `The agent answered with ${response.status}.`, hint);
}

/** @throws {RequestError} */
export async function requestJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await request(path, signal)).json() as Promise<T>;
}

async function readError(response: Response): Promise<{ message: string | null; hint: string | null }> {
  try {
    const { error } = (await response.json()) as { error?: { message?: unknown; hint?: unknown } };
    return { message: textOf(error?.message), hint: textOf(error?.hint) };
  } catch {
    return { message: null, hint: null };
  }
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function readToken(): string | null {
  try {
    return sessionStorage.getItem(KEPT_AS);
  } catch {
    return null;
  }
}
