import { Hono } from 'hono';
import { accepts, gzipped, isLong } from './content-coding.ts';
import type { Visit } from './guard.ts';
import { Refusal, refusalHeaders, refusalJson, unforeseen } from './refusal.ts';
import type { Answer, Route } from './route.ts';

/** What a request brings with it into the application. */
export interface AppBindings {
  readonly Bindings: { readonly visit: Visit };
}

/**
 * Answers what has been examined already.
 *
 * @param page answers each path that is no route's
 * @param failed is told of what nobody foresaw
 */
export function createApp(
  routes: readonly Route[],
  page: Route,
  failed: (path: string, error: unknown) => void,
): Hono<AppBindings> {
  const app = new Hono<AppBindings>();
  const answered = (route: Route): ((visit: Visit) => Promise<Response>) => {
    return async (visit) => response(await compressed(await route.answer(visit), visit));
  };
  for (const route of routes) app.get(route.path, ({ env }) => answered(route)(env.visit));
  app.get('*', ({ env }) => answered(page)(env.visit));
  app.onError((error, { env }) => {
    if (error instanceof Refusal) return refused(error);
    failed(env.visit.path, error);
    return refused(unforeseen());
  });
  return app;
}

async function compressed(answer: Answer, { headers }: Visit): Promise<Answer> {
  const body = Buffer.isBuffer(answer.body) ? answer.body : Buffer.from(answer.body);
  if (!isLong(body) || 'Content-Encoding' in answer.headers || !accepts(headers['accept-encoding'], 'gzip'))
    return answer;
  const vary = answer.headers.Vary === undefined ? 'Accept-Encoding' : `${answer.headers.Vary}, Accept-Encoding`;
  return {
    ...answer,
    headers: { ...answer.headers, 'Content-Encoding': 'gzip', Vary: vary },
    body: await gzipped(body),
  };
}

function response({ status, headers, body }: Answer): Response {
  const hasNone = status === 304;
  const length = hasNone ? {} : { 'Content-Length': `${Buffer.byteLength(body)}` };
  return new Response(hasNone ? null : body, { status, headers: { ...headers, ...length } });
}

function refused(refusal: Refusal): Response {
  return new Response(refusalJson(refusal), { status: refusal.status, headers: refusalHeaders(refusal) });
}
