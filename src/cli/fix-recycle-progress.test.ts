import { describe, expect, it } from 'vitest';
import { recycledLane, recycleSummary, refusedLane } from '../../test/kit/recycled.ts';
import { RecycleProgressLine } from './fix-recycle-progress.ts';
import type { ProgressStream } from './progress-line.ts';

const CLEAR = '\r\u001b[K';

class Taken implements ProgressStream {
  readonly isTTY: boolean;
  readonly columns = 300;
  texts: string[] = [];

  constructor(isTTY: boolean) {
    this.isTTY = isTTY;
  }

  write(text: string): void {
    this.texts.push(text);
  }

  take(): string[] {
    const { texts } = this;
    this.texts = [];
    return texts;
  }
}

const progress = recycleSummary([recycledLane({ used: 14_000 })], { seconds: 2 });

function lineFor(isTTY: boolean, environment = {}): { stream: Taken; line: RecycleProgressLine } {
  const stream = new Taken(isTTY);
  return { stream, line: new RecycleProgressLine(stream, environment, Number.POSITIVE_INFINITY) };
}

describe('the line of progress', () => {
  it('is rewritten on a terminal at most four times a second, and leaves nothing', () => {
    const { stream, line } = lineFor(true);
    line.show(progress, 1_000);
    expect(stream.take()).toEqual([expect.stringMatching(/^holding .* Ctrl-C ends it\n$/)]);
    for (let now = 1_010; now < 2_000; now += 10) line.show(progress, now);
    const written = stream.take();
    expect(written).toHaveLength(3);
    for (const text of written) {
      expect(text.slice(0, CLEAR.length)).toBe(CLEAR);
      expect(text.slice(CLEAR.length)).toMatch(/^10\.0\.0\.5>10\.0\.1\.9:8080 14,000 of [\x20-\x7e]*$/);
    }
    line.end();
    line.end();
    expect(stream.take()).toEqual([CLEAR]);
  });

  it('is begun by what is done, between words where the terminal is narrow', () => {
    const narrow = { ...lineFor(true).stream, columns: 60, write: (text: string) => void texts.push(text) };
    const texts: string[] = [];
    new RecycleProgressLine(narrow, {}, Number.POSITIVE_INFINITY).show(progress, 0);
    for (const text of texts.join('').split('\n')) expect(text.length).toBeLessThanOrEqual(60);
    expect(texts.join('').replaceAll(/\s+/g, ' ')).toMatch(/^holding .* Ctrl-C ends it $/);
  });

  it.each<[string, boolean, object]>([
    ['elsewhere', false, {}],
    ['on a terminal that moves no cursor', true, { TERM: 'dumb' }],
  ])('is one line every ten seconds %s', (_, isTTY, environment) => {
    const { stream, line } = lineFor(isTTY, environment);
    for (let now = 0; now <= 35_000; now += 50) line.show(progress, now);
    line.end();
    const texts = stream.take();
    expect(texts).toHaveLength(4);
    for (const text of texts) expect(text).toMatch(/^[\x20-\x7e]+\n$/);
  });

  it('tells once of each lane that is left alone, and of five at most', () => {
    const { stream, line } = lineFor(true);
    line.show(progress, 0);
    line.show(progress, 300);
    stream.take();
    const refused = Array.from({ length: 9 }, (_, index) => refusedLane({ port: index + 1 }));
    for (let now = 310; now < 400; now += 10) line.show(recycleSummary(refused), now);
    const [first, ...rest] = stream.take();
    expect(first).toBe(CLEAR);
    expect(rest).toHaveLength(5);
    for (const text of rest) expect(text).toMatch(/^leaving 10\.0\.0\.5>203\.0\.113\.9:\d alone: .*\n$/);
  });
});
