import type { ProxyProgram } from './proxy-program.ts';

/** What the relay says for each connection that found no port. */
export const NO_PORT = 'connect: EADDRNOTAVAIL';

/** The relay of this program: it passes bytes on, and knows nothing of HTTP. */
export const relay: ProxyProgram = {
  name: 'relay',
  title: 'The built-in relay',
  command: null,
  manners: ['closes', 'lets-close'],
  note: 'The relay is a part of fourtuple: it passes bytes on, and closes either end when the other has closed.',
  refusal: new RegExp(NO_PORT),
  configuration: (task) => JSON.stringify(task),
  commandLine: ({ configuration: file }) => [process.execPath, process.argv[1] as string, 'lab', 'relay', file],
};
