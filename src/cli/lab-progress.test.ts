import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { experiment, finding } from '../../test/kit/lab-reports.ts';
import type { Experiment } from '../lab/experiment.ts';
import { LabProgress, type ProgressScreen } from './lab-progress.ts';

const ESCAPE = '\u001b';

/** A terminal of the simplest kind: what stands in its lines, and whether a line was ever broken by its edge. */
class Terminal implements ProgressScreen {
  readonly isTTY = true;
  columns: number;
  rows: number;
  readonly writes: string[] = [];
  #lines: string[] = [''];
  #row = 0;

  constructor(columns = 80, rows = 24) {
    this.columns = columns;
    this.rows = rows;
  }

  write(text: string): void {
    this.writes.push(text);
    for (const part of text.match(new RegExp(`${ESCAPE}\\[\\d*[A-Za-z]|[^${ESCAPE}]`, 'gs')) ?? []) this.#take(part);
  }

  #take(part: string): void {
    const line = this.#lines[this.#row] ?? '';
    if (part === '\n') {
      this.#row += 1;
      this.#lines[this.#row] ??= '';
      this.#column = 0;
    } else if (part === '\r') this.#column = 0;
    else if (part === `${ESCAPE}[K`) this.#lines[this.#row] = line.slice(0, this.#column);
    else if (part === `${ESCAPE}[J`) this.#lines = [...this.#lines.slice(0, this.#row), line.slice(0, this.#column)];
    else if (part.startsWith(`${ESCAPE}[`) && part.endsWith('A')) this.#row -= Number(part.slice(2, -1));
    else if (part.startsWith(ESCAPE)) expect(part, 'a colour').toMatch(/m$/);
    else {
      this.#lines[this.#row] = line.slice(0, this.#column) + part + line.slice(this.#column + 1);
      this.#column += 1;
      expect(this.#column, 'the last column').toBeLessThan(this.columns);
    }
    expect(this.#row, 'the first line').toBeGreaterThanOrEqual(0);
  }

  #column = 0;

  /** With a star for what turns. */
  shown(): string[] {
    return this.#lines.map((line) => line.trimEnd().replace(/^[⠀-⣿]/, '*'));
  }
}

function named(name: string, seconds = 10): Experiment {
  const open = (): never => {
    throw new Error('it is not run');
  };
  return { name, question: '?', remedies: [], programs: [], seconds, pace: 'waiting', open };
}

const doing = (text: string, share: number | null = null) => ({ doing: text, share, isIdle: false });

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('the progress of a lab on a terminal', () => {
  it('has a line for each that goes on, below those that have ended', () => {
    const [terminal, three] = [new Terminal(), [named('capacity', 2), named('rate', 60), named('proxy')]];
    const [capacity, rate] = three as [Experiment, Experiment];
    const progress = new LabProgress(three, terminal, { NO_COLOR: '1' }, true);
    progress.start(capacity);
    progress.start(rate);
    progress.show(rate, doing('waiting', 0.5));
    vi.advanceTimersByTime(1_200);
    expect(terminal.shown()).toEqual([
      '* capacity  ███████░░░░░    1 s left  setting up',
      '* rate      ██████░░░░░░   59 s left  waiting',
      '  1 more to come',
      '',
    ]);
    progress.end(experiment());
    progress.end(experiment({ name: 'proxy', result: 'skipped', reason: 'haproxy is not installed', findings: [] }));
    expect(terminal.shown()).toEqual([
      '✓ capacity  1 of 1 agree, 800 ms',
      '– proxy     cannot run here: haproxy is not installed',
      '* rate      ██████░░░░░░   59 s left  waiting',
      '',
    ]);
    progress.end(experiment({ name: 'rate', seconds: 63, result: 'differs', findings: [finding({ agrees: false })] }));
    progress.close();
    expect(terminal.shown().slice(2)).toEqual(['✗ rate      0 of 1 agree, 63 s', '']);
  });

  it('is drawn again and again, in one write, over itself', () => {
    const terminal = new Terminal();
    const progress = new LabProgress([named('capacity')], terminal, {}, true);
    progress.start(named('capacity'));
    vi.advanceTimersByTime(5_000);
    expect(terminal.writes.length).toBeGreaterThan(20);
    expect(new Set(terminal.writes.slice(1).map((text) => text.slice(0, 5)))).toEqual(new Set([`\r${ESCAPE}[1A`]));
    progress.close();
    expect(terminal.shown()).toEqual(['']);
    const { length } = terminal.writes;
    vi.advanceTimersByTime(5_000);
    progress.end(experiment());
    progress.close();
    expect(terminal.writes).toHaveLength(length);
  });

  it.each([
    [80, 24],
    [40, 5],
    [20, 3],
    [8, 2],
  ])('keeps within a window of %d columns and %d rows', (columns, rows) => {
    const terminal = new Terminal(columns, rows);
    const many = Array.from({ length: 9 }, (_, index) => named(`experiment-${index}`));
    const progress = new LabProgress(many, terminal, { COLUMNS: '200' }, true);
    for (const one of many) progress.start(one);
    for (const one of many) progress.show(one, doing('waiting for what\ntakes longer than a line has room for'));
    vi.advanceTimersByTime(1_000);
    expect(terminal.shown().length).toBeLessThanOrEqual(rows);
    expect(/^ {2}and \d/m.test(terminal.shown().join('\n'))).toBe(rows < 9 && columns > 8);
    progress.end(
      experiment({ name: 'experiment-0', result: 'failed', reason: 'it broke off\nfor a reason of two lines' }),
    );
    progress.close();
    expect(terminal.shown()).toHaveLength(2);
  });

  it('is there where the terminal knows no size', () => {
    const terminal = new Terminal(0, 0);
    vi.spyOn(terminal, 'write').mockImplementation((text) => void terminal.writes.push(text));
    const progress = new LabProgress([named('capacity')], terminal, {}, true);
    progress.start(named('capacity'));
    vi.advanceTimersByTime(200);
    expect(terminal.writes).toHaveLength(2);
    for (const text of terminal.writes) expect(text).toContain('setting up');
    expect(terminal.writes[1]).toContain(`${ESCAPE}[1A`);
  });

  it('finds its place again where the window is made narrower', () => {
    const terminal = new Terminal(80);
    const progress = new LabProgress([named('capacity')], terminal, {}, true);
    progress.start(named('capacity'));
    progress.show(named('capacity'), doing('filling a lane of many slots'));
    vi.advanceTimersByTime(200);
    const [first = ''] = terminal.shown();
    terminal.columns = 30;
    terminal.writes.length = 0;
    // The terminal has broken the line into several.
    vi.spyOn(terminal, 'write').mockImplementation((text) => void terminal.writes.push(text));
    vi.advanceTimersByTime(200);
    expect(terminal.writes[0]).toMatch(new RegExp(`^\\r${ESCAPE}\\[${Math.ceil(first.length / 30)}A`));
  });

  it('tells how long it goes on where it takes longer than it says, or nobody knows how long', () => {
    const terminal = new Terminal();
    const progress = new LabProgress([named('capacity', 2)], terminal, {}, true);
    progress.start(named('capacity', 2));
    vi.advanceTimersByTime(5_040);
    expect(terminal.shown()[0]).toMatch(/ capacity {2}█{11}░ +5 s {2}setting up$/);
    const other = new Terminal();
    new LabProgress([named('capacity', 2)], other, {}, false).start(named('capacity', 2));
    vi.advanceTimersByTime(1_000);
    expect(other.shown()[0]).toMatch(/ capacity {2}░{12} +1 s {2}setting up$/);
  });

  it.each([
    ['', /\[32m✓/],
    ['1', /^[^m]*✓/],
  ])('is coloured unless NO_COLOR is set: %j', (NO_COLOR, sign) => {
    const terminal = new Terminal();
    const progress = new LabProgress([named('capacity')], terminal, { NO_COLOR }, true);
    progress.start(named('capacity'));
    progress.end(experiment());
    expect(terminal.writes.at(-1)).toMatch(sign);
  });

  it('is ASCII where the terminal shows nothing else', () => {
    const terminal = new Terminal();
    const progress = new LabProgress([named('capacity')], terminal, { LANG: 'C' }, true);
    progress.start(named('capacity'));
    progress.show(named('capacity'), doing('one half → the other …', 0.5));
    vi.advanceTimersByTime(500);
    progress.end(experiment({ result: 'skipped', reason: 'there is no × here' }));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what moves the cursor
    expect(terminal.writes.join('')).toMatch(/^[\x20-\x7e\n\r\u001b]*$/);
  });
});

describe('the progress of a lab elsewhere', () => {
  it.each<[string, object, NodeJS.ProcessEnv]>([
    ['in a file', {}, {}],
    ['on a terminal that moves no cursor', { isTTY: true, columns: 30 }, { TERM: 'dumb' }],
  ])('%s is a line for each that has ended, and nothing else', (_, stream, environment) => {
    const texts: string[] = [];
    const taken = { ...stream, write: (text: string) => void texts.push(text) };
    const both = [named('capacity'), named('balancer')];
    const progress = new LabProgress(both, taken, environment, true);
    progress.start(named('capacity'));
    progress.show(named('capacity'), doing('filling'));
    vi.advanceTimersByTime(60_000);
    progress.end(experiment());
    progress.end(experiment({ name: 'balancer', result: 'skipped', reason: 'haproxy is not installed' }));
    progress.close();
    expect(texts).toEqual([
      '✓ capacity  1 of 1 agree, 800 ms\n',
      '– balancer  cannot run here: haproxy is not installed\n',
    ]);
  });
});
