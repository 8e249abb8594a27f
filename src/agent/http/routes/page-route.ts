import type { Route } from '../route.ts';
import { notFound } from '../target.ts';
import type { WebFiles } from '../web-files.ts';

/**
 * The dashboard and what it loads. Opened with a token, it gives the cookie for it and sends the browser on, so that the
 * token stays neither in the address bar nor in what the page tells others.
 */
export function pageRoute(files: WebFiles): Route {
  return {
    path: '/',
    parameters: ['token'],
    answer: async (visit) => {
      if (visit.path === '/' && visit.query.some(([name]) => name === 'token')) {
        const cookie: Record<string, string> = visit.cookie === null ? {} : { 'Set-Cookie': visit.cookie };
        return { status: 303, headers: { Location: './', 'Cache-Control': 'no-store', ...cookie }, body: '' };
      }
      const answer = await files.answer(visit);
      if (answer === null) throw notFound();
      return answer;
    },
  };
}
