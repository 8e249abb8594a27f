import type { IncomingHttpHeaders } from 'node:http';

/**
 * Whether a page of another origin has its browser ask: such a page could not read the answer, but could make the agent
 * work for it, or load its answers as scripts or pictures. That a person follows a link to the dashboard is no such thing.
 *
 * @param headers `Sec-Fetch-*` are written by the browser alone (https://www.w3.org/TR/fetch-metadata/)
 */
export function comesFromOtherOrigin(headers: IncomingHttpHeaders): boolean {
  if (isNavigation(headers)) return false;
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true;
  return headers.origin !== undefined && !isOwnOrigin(headers.origin, headers.host);
}

function isNavigation(headers: IncomingHttpHeaders): boolean {
  return headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
}

/** The scheme may be https where a proxy stands before the agent. */
function isOwnOrigin(origin: string, host: string | undefined): boolean {
  const match = /^https?:\/\/([^/]+)$/.exec(origin.toLowerCase());
  return match !== null && match[1] === host?.toLowerCase();
}
