// Whether real sockets reach what remedies predict: `npm run bench:remedies -- [--only REMEDY]`. Every experiment runs in
// a process and a network namespace of its own; those that take TIME_WAITs of 60 s all at once, for two of them and the
// time that it takes to open the connections: five minutes. Needs root, and 2 GB.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { whyNoNamespaces } from '../test/kit/network-namespace.ts';
import { progress, progressEnd } from './progress.ts';
import { EXPERIMENTS, type RemedyExperiment } from './remedy-experiments.ts';
import { PACES, type Pace, type RemedyOutcome, TOLERANCE } from './remedy-outcome.ts';
import { renderTable } from './table.ts';

const PROCESS = fileURLToPath(new URL('./remedy-process.js', import.meta.url));

const HEAD = ['remedy', 'predicted/s', 'reached/s', 'ratio', 'refused at 95%', 'refused at 105%', ''];

/** What came of one remedy, by the name of the pace. */
type Outcomes = ReadonlyMap<Pace['name'], RemedyOutcome>;

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    progressEnd();
    process.exit(130);
  });
}

const { values } = parseArgs({ options: { only: { type: 'string' } } });
const wanted = EXPERIMENTS.filter(({ name }) => values.only === undefined || name === values.only);
if (wanted.length === 0) fail(`--only takes one of: ${EXPERIMENTS.map(({ name }) => name).join('; ')}`);
const obstacle = whyNoNamespaces();
if (obstacle !== undefined) fail(obstacle);
await run();

async function run(): Promise<void> {
  const started = performance.now();
  const say = setInterval(() => {
    progress(`${running.size} experiments, ${Math.round((performance.now() - started) / 1_000)} s`);
  }, 10_000);
  const outcomes = new Map<RemedyExperiment, Outcomes>();
  const runAllPaces = async (one: RemedyExperiment): Promise<void> => void outcomes.set(one, await pacesOf(one));
  for (const one of wanted.filter(({ alone }) => alone === true)) await runAllPaces(one);
  await Promise.all(wanted.filter(({ alone }) => alone !== true).map(runAllPaces));
  clearInterval(say);
  progressEnd();
  const rows = wanted.map((experiment) => rowOf(experiment, outcomes.get(experiment) ?? new Map()));
  process.stdout.write(renderTable([HEAD, ...rows]));
  process.exitCode = [...outcomes.values()].every(isProven) ? 0 : 1;
}

async function pacesOf(experiment: RemedyExperiment): Promise<Outcomes> {
  const paces = PACES.filter(({ factor }) => factor === null || experiment.paced);
  const outcomes = paces.map(async (pace) => [pace.name, await outcomeOf(experiment.name, pace.name)] as const);
  return new Map(await Promise.all(outcomes));
}

async function outcomeOf(name: string, pace: Pace['name']): Promise<RemedyOutcome> {
  const child = spawn(process.execPath, [PROCESS, name, pace], { stdio: ['ignore', 'pipe', 'inherit'] });
  running.add(child);
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  const [code] = await once(child, 'close');
  running.delete(child);
  if (code !== 0) fail(`${name}, ${pace}: ended with exit code ${code}`);
  return JSON.parse(text) as RemedyOutcome;
}

function rowOf({ name }: RemedyExperiment, outcomes: Outcomes): string[] {
  const { predicted = Number.NaN, reached = Number.NaN } = outcomes.get('saturated') ?? {};
  return [
    name,
    predicted.toFixed(1),
    reached.toFixed(1),
    (reached / predicted).toFixed(4),
    describeRefusals(outcomes.get('slower')),
    describeRefusals(outcomes.get('faster')),
    isProven(outcomes) ? 'met' : 'MISSED',
  ];
}

function describeRefusals(outcome: RemedyOutcome | undefined): string {
  if (outcome === undefined) return '';
  return outcome.refusals === 0 ? 'no' : 'yes';
}

/** Within the tolerance; and where it was driven at the tolerance's ends, refused at the upper one only. */
function isProven(outcomes: Outcomes): boolean {
  const { predicted = Number.NaN, reached = Number.NaN } = outcomes.get('saturated') ?? {};
  const slower = outcomes.get('slower')?.refusals ?? 0;
  const faster = outcomes.get('faster')?.refusals ?? 1;
  return Math.abs(reached / predicted - 1) <= TOLERANCE && slower === 0 && faster > 0;
}

function fail(message: string): never {
  process.stderr.write(`bench:remedies: ${message}\n`);
  process.exit(1);
}
