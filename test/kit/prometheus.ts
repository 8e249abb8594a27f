import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

/** One series of an answer: its labels, the metric's name among them, and its value now. */
export interface Found {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A Prometheus of Debian, in a folder of its own that is removed with it. */
export interface PrometheusServer {
  /** `http://127.0.0.1:41234`, with the prefix where it has one. */
  readonly url: string;
  readonly pid: number;
  /** The data of what its API answers at a path: `/api/v1/alerts`. */
  get<Data>(path: string): Promise<Data>;
  /** Its answer to an instant query, now: labels and value of each series. */
  query(expression: string): Promise<Found[]>;
  /** Waits until a query has an answer for which that holds. @throws where that takes longer than half a minute */
  until(expression: string, holds: (values: number[]) => boolean): Promise<void>;
  stop(): Promise<void>;
}

export interface PrometheusOptions {
  /** All of its configuration, JSON being YAML; what is said below of targets and rules is left out then. */
  readonly config?: object;
  /** What it scrapes, with the names of jobs and `host:port` of each. */
  readonly targets?: Readonly<Record<string, readonly string[]>>;
  /** As it stands in a file of rules. */
  readonly rules?: string;
  /** Between two scrapes of a target, and two evaluations of the rules; 200 where left out. */
  readonly intervalMs?: number;
  /** More lines of each scrape configuration: `honor_labels: true`. */
  readonly scrapeOptions?: readonly string[];
  /** Blocks that it finds there; a folder of its own where left out. It is not removed. */
  readonly storage?: string;
  readonly flags?: readonly string[];
  /** The path that it serves under: `/prometheus`. */
  readonly prefix?: string;
}

const PATIENCE_MS = 30_000;
const POLL_MS = 50;

/** Starts one in the network namespace that this thread is in, on a free port of loopback. */
export async function startPrometheus(options: PrometheusOptions = {}): Promise<PrometheusServer> {
  const folder = mkdtempSync(join(tmpdir(), 'fourtuple-prometheus-'));
  const { prefix = '' } = options;
  if (options.rules !== undefined) writeFileSync(join(folder, 'rules.yml'), options.rules);
  writeFileSync(join(folder, 'prometheus.yml'), configOf(options));
  const child = spawn(
    'prometheus',
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${options.storage ?? join(folder, 'data')}`,
      '--web.listen-address=127.0.0.1:0',
      ...(prefix === '' ? [] : [`--web.route-prefix=${prefix}`]),
      ...(options.flags ?? []),
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const kill = (): void => void child.kill('SIGKILL');
  process.on('exit', kill);
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    }
    process.off('exit', kill);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const server = serverOf(child, `http://${await listeningAddress(child)}${prefix}`, stop);
    await server.until('vector(1)', ([value]) => value === 1);
    return server;
  } catch (error) {
    await stop();
    throw error;
  }
}

function configOf({ config, targets = {}, rules, intervalMs = 200, scrapeOptions = [] }: PrometheusOptions): string {
  if (config !== undefined) return JSON.stringify(config);
  const jobs = Object.entries(targets).flatMap(([job, addresses]) => [
    `  - job_name: ${JSON.stringify(job)}`,
    `    static_configs: [{ targets: ${JSON.stringify(addresses)} }]`,
    ...scrapeOptions.map((line) => `    ${line}`),
  ]);
  return [
    `global: { scrape_interval: ${intervalMs}ms, scrape_timeout: ${intervalMs}ms, evaluation_interval: ${intervalMs}ms }`,
    ...(rules === undefined ? [] : ['rule_files: [rules.yml]']),
    ...(jobs.length === 0 ? [] : ['scrape_configs:', ...jobs]),
    '',
  ].join('\n');
}

/** As it logs it; what it logs otherwise is the reason where it does not come up. */
async function listeningAddress(child: ChildProcess): Promise<string> {
  const lines: string[] = [];
  const log = createInterface({ input: child.stderr as NonNullable<ChildProcess['stderr']> });
  return await new Promise<string>((resolve, reject) => {
    child.on('error', reject);
    log.on('line', (line) => {
      lines.push(line);
      const address = /msg="Listening on" address=(\S+)/.exec(line)?.[1];
      if (address !== undefined) resolve(address);
    });
    // It goes on to be read after that, so that the pipe never fills.
    log.on('close', () => reject(new Error(`prometheus has ended:\n${lines.join('\n')}`)));
  });
}

function serverOf(child: ChildProcess, url: string, stop: () => Promise<void>): PrometheusServer {
  const query: PrometheusServer['query'] = async (expression) => {
    const answer = await fetch(`${url}/api/v1/query`, {
      method: 'POST',
      body: new URLSearchParams({ query: expression }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`prometheus answers ${answer.status} to ${expression}: ${text}`);
    const { data } = JSON.parse(text) as {
      data: { result: { metric: Record<string, string>; value: [number, string] }[] };
    };
    return data.result.map(({ metric, value: [, text] }) => ({
      labels: metric,
      value: text.endsWith('Inf') ? Number(text.replace('Inf', 'Infinity')) : Number(text),
    }));
  };
  return {
    url,
    pid: child.pid as number,
    query,
    async get<Data>(path: string): Promise<Data> {
      const { data } = (await (await fetch(`${url}${path}`)).json()) as { data: Data };
      return data;
    },
    async until(expression, holds) {
      const end = performance.now() + PATIENCE_MS;
      let last: unknown;
      while (performance.now() < end) {
        try {
          const values = (await query(expression)).map(({ value }) => value);
          if (holds(values)) return;
          last = `its values are ${values.join(', ') || 'none'}`;
        } catch (error) {
          last = error;
        }
        await sleep(POLL_MS);
      }
      throw new Error(`prometheus has had half a minute for ${expression}: ${String(last)}`);
    },
    stop,
  };
}
