import { describe, expect, it } from 'vitest';
import type { Experiment } from './experiment.ts';
import type { ExperimentReport, LabReport, Prediction } from './lab-report.ts';
import { encodeMessage, type Message } from './messages.ts';
import { type LabOptions, runLab } from './run-lab.ts';

const PREDICTION: Prediction = {
  ...{ what: 'a lane', unit: 'slots', predicted: 100, tolerance: { kind: 'share', share: 0.02 }, basis: '100 ports' },
};

const predicted = (values: Partial<Prediction> = {}): Message => ({
  kind: 'predicted',
  prediction: { ...PREDICTION, ...values },
});
const measured = (figure: number, what = 'a lane'): Message => ({
  ...{ kind: 'measured', what, measured: figure, evidence: 'counted' },
});
const progress = (isIdle: boolean): Message => ({ kind: 'progress', progress: { doing: 'it', share: null, isIdle } });
const ENDED: Message = { kind: 'ended' };

function experiment(name: string, values: Partial<Experiment> = {}): Experiment {
  const open = (): never => {
    throw new Error('it runs in a process of its own');
  };
  return { name, question: '?', remedies: [], programs: [], seconds: 1, pace: 'waiting', open, ...values };
}

/** What stands for the process of an experiment: a program of one line. */
const say = (...messages: readonly Message[]): string =>
  `process.stdout.write(${JSON.stringify(messages.map(encodeMessage).join(''))})`;

/** Runs experiments whose processes run these programs; the name of each chooses. */
async function lab(
  programs: Readonly<Record<string, string>>,
  options: Partial<LabOptions> = {},
): Promise<{ report: LabReport; told: string[] }> {
  const told: string[] = [];
  const choose = `eval(JSON.parse(${JSON.stringify(JSON.stringify(programs))})[process.argv[1]])`;
  const report = await runLab({
    ...{ experiments: Object.keys(programs).map((name) => experiment(name)), range: { low: 1_000, high: 1_999 } },
    ...{ isolation: { runsAs: 'user', prefix: [] }, command: [process.execPath, '-e', choose] },
    signal: new AbortController().signal,
    onStart: ({ name }) => void told.push(`${name} starts`),
    onProgress: ({ name }, { doing }) => void told.push(`${name} does ${doing}`),
    onReport: ({ name, result }) => void told.push(`${name} ${result}`),
    ...options,
  });
  return { report, told };
}

async function only(program: string): Promise<ExperimentReport> {
  const { report } = await lab({ one: program });
  return report.experiments[0] as ExperimentReport;
}

describe('an experiment of a lab', () => {
  it('agrees where all is as near to its prediction as it has to be', async () => {
    const report = await only(say(predicted(), progress(false), measured(102), ENDED));
    expect(report).toMatchObject({ name: 'one', result: 'agrees', reason: null });
    expect(report.findings).toEqual([{ ...PREDICTION, measured: 102, agrees: true, evidence: 'counted' }]);
  });

  it.each([
    ['one is too far off', [predicted(), measured(102.1)]],
    ['one of two is', [predicted(), predicted({ what: 'more' }), measured(100), measured(97, 'more')]],
    ['one was never measured', [predicted(), predicted({ what: 'more' }), measured(100)]],
    ['an exact one is off by one', [predicted({ tolerance: { kind: 'exact' } }), measured(99)]],
    ['one is off by more than is allowed', [predicted({ tolerance: { kind: 'absolute', by: 2 } }), measured(97)]],
  ])('differs where %s', async (_, messages) => {
    expect(await only(say(...messages, ENDED))).toMatchObject({ result: 'differs', reason: null });
  });

  it.each<[string, string, string | RegExp]>([
    ['it says so', say(predicted(), { kind: 'failed', reason: 'no route' }), 'no route'],
    ['it predicts nothing', say(ENDED), 'it has predicted nothing'],
    ['its process ends early', say(predicted(), measured(100)), 'its process has ended before it had'],
    ['its process is killed', `${say(predicted())};process.kill(process.pid, 'SIGKILL')`, /ended by SIGKILL/],
    ['its process complains', `console.error('out of memory');process.exit(3)`, 'out of memory'],
  ])('has failed where %s', async (_, program, reason) => {
    expect(await only(program)).toMatchObject({ result: 'failed', reason: expect.stringMatching(reason) });
  });

  it('has failed where its process cannot be started', async () => {
    const { report } = await lab({ one: '' }, { isolation: { runsAs: 'root', prefix: ['/no/such/program'] } });
    expect(report.experiments).toMatchObject([{ result: 'failed', reason: expect.stringContaining('ENOENT') }]);
  });

  it('is not blamed for a warning of a program', async () => {
    expect((await only(`console.error('a warning');${say(predicted(), measured(100), ENDED)}`)).result).toBe('agrees');
  });

  it('is skipped where a program is missing, and nothing is started', async () => {
    const experiments = [experiment('one', { programs: ['no-such-program'] })];
    const { report, told } = await lab({ one: 'process.exit(1)' }, { experiments });
    expect(report.experiments).toMatchObject([{ result: 'skipped', reason: 'no-such-program is not installed' }]);
    expect(told).toEqual(['one skipped']);
  });

  it.each([
    ['user', 'skipped', 'only root may load eBPF programs'],
    ['root', 'agrees', null],
  ] as const)('that needs root is for %s %s', async (runsAs, result, reason) => {
    const options = { experiments: [experiment('one', { needsRoot: true })], isolation: { runsAs, prefix: [] } };
    const { report } = await lab({ one: say(predicted(), measured(100), ENDED) }, options);
    expect(report.experiments).toMatchObject([{ result, reason }]);
  });

  it('may tell in pieces', async () => {
    const [first, second] = ['predicted', 'measured'].map((kind) =>
      encodeMessage(kind === 'predicted' ? predicted() : measured(100)),
    ) as [string, string];
    const half = Math.floor(first.length / 2);
    const texts = [first.slice(0, half), first.slice(half) + second, encodeMessage(ENDED)];
    const program = texts.map(
      (text, index) => `setTimeout(() => process.stdout.write(${JSON.stringify(text)}), ${50 * index})`,
    );
    expect((await only(program.join(';'))).result).toBe('agrees');
  });
});

describe('a lab', () => {
  it('tells where it has run', async () => {
    const { report } = await lab({ one: say(predicted(), measured(100), ENDED) });
    expect(report).toMatchObject({ schema: 1, host: { runsAs: 'user', range: { low: 1_000, high: 1_999 } } });
    expect(report.host.ticksPerSecond).toBeGreaterThan(0);
    expect(Date.parse(report.takenAt)).not.toBeNaN();
  });

  it('runs those that wait side by side, and the busy ones one by one when the others wait', async () => {
    const done = [predicted(), measured(100), ENDED];
    const programs = {
      busy: say(progress(false), ...done),
      waits: `${say(progress(false))};setTimeout(() => ${say(progress(true))}, 300);setTimeout(() => ${say(...done)}, 2_000)`,
      busier: say(progress(false), ...done),
    };
    const experiments = [
      experiment('busy', { pace: 'busy' }),
      experiment('waits'),
      experiment('busier', { pace: 'busy' }),
    ];
    const { report, told } = await lab(programs, { experiments });
    expect(told).toEqual([
      'waits starts',
      'waits does it',
      'waits does it',
      'busy starts',
      'busy does it',
      'busy agrees',
      'busier starts',
      'busier does it',
      'busier agrees',
      'waits agrees',
    ]);
    expect(report.experiments.map(({ name }) => name)).toEqual(['busy', 'waits', 'busier']);
  });

  it('runs many without a warning of Node', async () => {
    const warnings: string[] = [];
    const warn = ({ name }: Error): void => void warnings.push(name);
    process.on('warning', warn);
    const names = Array.from({ length: 12 }, (_, index) => `${index}`);
    await lab(Object.fromEntries(names.map((name) => [name, 'setTimeout(() => {}, 500)'])));
    process.off('warning', warn);
    expect(warnings).toEqual([]);
  });

  it('ends what runs where it is told to, begins nothing more, and waits until it is gone', async () => {
    const interrupt = new AbortController();
    const told: string[] = [];
    const started: number[] = [];
    const forever = `process.stdout.write(JSON.stringify({ kind: 'note', note: String(process.pid) }) + '\\n');${say(progress(false))};setInterval(() => {}, 1e6)`;
    const ending = lab(
      { waits: forever, busy: forever },
      {
        experiments: [experiment('waits'), experiment('busy', { pace: 'busy' })],
        signal: interrupt.signal,
        onStart: ({ name }) => void told.push(name),
        onProgress: () => interrupt.abort(new Error('enough')),
        onReport: ({ notes }) => void started.push(...notes.map(Number)),
      },
    );
    await expect(ending).rejects.toThrow('enough');
    expect(told).toEqual(['waits']);
    expect(started).toHaveLength(1);
    for (const pid of started) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });
});
