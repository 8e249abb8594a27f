// How long a census takes, beside what people use today: `npm run bench:census -- [--only CASE] [--processes N] [--pairs N]`.
// Makes its sockets in network namespaces of its own and leaves nothing behind. Needs root, and 4 GB for its full size.

import { parseArgs } from 'node:util';
import { whyNoNamespaces } from '../test/kit/network-namespace.ts';
import { connectionsCase, missingPrograms, ownersMarks, quietMarks, timeWaitCase } from './cases.ts';
import { censusMarks, isMet, type Mark, manyLanesMarks } from './marks.ts';
import type { Measurement } from './measurement.ts';
import { killHolders, type PopulationSize } from './population.ts';
import { progressEnd } from './progress.ts';
import { renderMarks, renderMeasurements } from './table.ts';

const CASES = ['few', 'many', 'time-wait', 'quiet'] as const;
type CaseName = (typeof CASES)[number];

process.on('exit', killHolders);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    progressEnd();
    process.exit(130);
  });
}

const { only, size } = readArguments();
const obstacle = whyNoNamespaces() ?? missingPrograms().map((name) => `needs ${name}`)[0];
if (obstacle !== undefined) fail(obstacle);
await run();

async function run(): Promise<void> {
  const wanted = (name: CaseName): boolean => only === undefined || only === name;
  const measurements: Measurement[] = [];
  const marks: Mark[] = [];
  let few: Measurement | undefined;
  if (wanted('few')) {
    few = await connectionsCase('few', size, () => marks.push(...ownersMarks()));
    measurements.push(few);
    marks.unshift(...censusMarks(few, 90, 1.1));
  }
  if (wanted('many')) {
    const many = await connectionsCase('many', size);
    measurements.push(many);
    marks.push(...manyLanesMarks(many, few));
  }
  if (wanted('time-wait')) {
    const timeWait = timeWaitCase();
    measurements.push(timeWait);
    marks.push(...censusMarks(timeWait, 90, 1.5));
  }
  if (wanted('quiet')) marks.push(...quietMarks());
  progressEnd();
  if (measurements.length > 0) process.stdout.write(`${renderMeasurements(measurements)}\n`);
  process.stdout.write(renderMarks(marks));
  process.exitCode = marks.every(isMet) ? 0 : 1;
}

function readArguments(): { readonly only: CaseName | undefined; readonly size: PopulationSize } {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      processes: { type: 'string', default: '50' },
      pairs: { type: 'string', default: '9900' },
    },
  });
  const name = CASES.find((known) => known === values.only);
  if (values.only !== undefined && name === undefined) fail(`--only takes one of ${CASES.join(', ')}`);
  return { only: name, size: { processes: count('processes', values.processes), pairs: count('pairs', values.pairs) } };
}

function count(flag: string, text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) fail(`--${flag} takes a number, not '${text}'`);
  return number;
}

function fail(message: string): never {
  process.stderr.write(`bench:census: ${message}\n`);
  process.exit(1);
}
