import { run } from './program.ts';

/** One request on each connection, which the client closes first, until one is not answered. */
const CLIENT = `
const http = require('node:http');
const [url, most] = process.argv.slice(1);
const end = (made) => console.log(made);
const next = (made) => {
  if (made >= Number(most)) return end(made);
  const agent = new http.Agent({ keepAlive: true });
  http.get(url, { agent }, (response) => {
    response.resume().on('end', () => {
      agent.destroy();
      if (response.statusCode === 200) next(made + 1);
      else end(made);
    });
  }).on('error', () => end(made));
};
next(0);
`;

/**
 * Sends requests from the current namespace, one after the other, each on a connection of its own.
 *
 * @returns how many were answered before the first that was not; at most `most`
 */
export async function requestsUntilRefused(url: string, most: number): Promise<number> {
  const { code, out, error } = await run(process.execPath, ['-e', CLIENT, url, `${most}`]);
  if (code !== 0) throw new Error(error);
  return Number(out);
}
