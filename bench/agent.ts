// What an agent costs: `npm run bench:agent -- [--only time-wait|many|scrape] [--seconds N]`. Each case makes its sockets in
// a network namespace of its own and leaves nothing behind. Needs root, and 4 GB for the case with very many sockets.

import { parseArgs } from 'node:util';
import { whyNoNamespaces } from '../test/kit/network-namespace.ts';
import { killAgents } from '../test/kit/running-agent.ts';
import { manySocketsCase, scrapeCase, timeWaitCase } from './agent-cases.ts';
import { isMet, type Mark } from './marks.ts';
import { killHolders } from './population.ts';
import { progressEnd } from './progress.ts';
import { renderMarks } from './table.ts';

const CASES = { 'time-wait': timeWaitCase, scrape: scrapeCase, many: manySocketsCase } as const;
type CaseName = keyof typeof CASES;
const NAMES = Object.keys(CASES) as CaseName[];

process.on('exit', () => {
  killHolders();
  killAgents();
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    progressEnd();
    process.exit(130);
  });
}

const { values } = parseArgs({ options: { only: { type: 'string' }, seconds: { type: 'string', default: '40' } } });
const wanted = NAMES.filter((name) => values.only === undefined || name === values.only);
const obstacle = whyNoNamespaces() ?? (wanted.length === 0 ? `--only takes one of ${NAMES.join(', ')}` : undefined);
if (obstacle !== undefined) {
  process.stderr.write(`bench:agent: ${obstacle}\n`);
  process.exit(1);
}
const marks: Mark[] = [];
for (const name of wanted) marks.push(...(await CASES[name](Number(values.seconds))));
progressEnd();
process.stdout.write(renderMarks(marks));
process.exit(marks.every(isMet) ? 0 : 1);
