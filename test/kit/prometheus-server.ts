import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

/** One series of an answer: its labels, the metric's name among them, and its value now. */
export interface Found {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A real Prometheus on a port of its own. */
export interface PrometheusServer {
  readonly url: string;
  /** @throws Error with what Prometheus says, where it cannot read the query */
  query(expression: string): Promise<readonly Found[]>;
  get<Answer>(path: string): Promise<Answer>;
  close(): Promise<void>;
}

/** @param config as its file has it: JSON is YAML */
export async function startPrometheus(config: object): Promise<PrometheusServer> {
  const directory = mkdtempSync(join(tmpdir(), 'fourtuple-prometheus-'));
  const file = join(directory, 'prometheus.json');
  writeFileSync(file, JSON.stringify(config));
  const child = spawn(
    'prometheus',
    [`--config.file=${file}`, `--storage.tsdb.path=${join(directory, 'data')}`, '--web.listen-address=127.0.0.1:0'],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const close = async (): Promise<void> => {
    await end(child);
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const url = await addressOf(child);
    const get = async <Answer>(path: string): Promise<Answer> => answerOf(await fetch(`${url}${path}`));
    return { url, get, close, query: (expression) => query(get, expression) };
  } catch (error) {
    await close();
    throw error;
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** It says where it listens, and then that it is ready. */
async function addressOf({ stderr }: ChildProcess): Promise<string> {
  const lines: string[] = [];
  let address: string | undefined;
  for await (const line of createInterface({ input: stderr as NodeJS.ReadableStream })) {
    lines.push(line);
    address ??= /"Listening on" address=(\S+)/.exec(line)?.[1];
    if (!line.includes('ready to receive web requests') || address === undefined) continue;
    (stderr as NodeJS.ReadableStream).resume();
    return `http://${address}`;
  }
  throw new Error(`Prometheus has ended:\n${lines.join('\n')}`);
}

interface Answer {
  readonly data?: unknown;
  readonly error?: string;
}

async function answerOf<Data>(response: Response): Promise<Data> {
  const { data, error } = (await response.json()) as Answer;
  if (error !== undefined) throw new Error(error);
  return data as Data;
}

interface Vector {
  readonly result: readonly { readonly metric: Found['metric']; readonly value: readonly [number, string] }[];
}

async function query(get: PrometheusServer['get'], expression: string): Promise<readonly Found[]> {
  const { result } = await get<Vector>(`/api/v1/query?query=${encodeURIComponent(expression)}`);
  return result.map(({ metric, value: [, value] }) => ({ metric, value: Number(value.replace('Inf', 'Infinity')) }));
}

/** Asks until the answer is as wanted: whoever waits has a time limit of its own. */
export async function until<Answer>(
  ask: () => Promise<Answer>,
  isWanted: (answer: Answer) => boolean,
): Promise<Answer> {
  for (;;) {
    const answer = await ask();
    if (isWanted(answer)) return answer;
    await sleep(100);
  }
}
