import type { AgentView } from '../../agent-view.ts';
import { OPEN_PATH } from '../guard.ts';
import { queried, type Route } from '../route.ts';
import { jsonAnswer } from './json-answer.ts';

/** 200, or 503 where no sample was taken for three intervals. Those without the token learn no more than that. */
export function healthRoute(view: AgentView): Route {
  return queried(OPEN_PATH, {}, (_query, { isTrusted }) => {
    const health = view.health();
    return jsonAnswer(isTrusted ? health : { isHealthy: health.isHealthy }, health.isHealthy ? 200 : 503);
  });
}
