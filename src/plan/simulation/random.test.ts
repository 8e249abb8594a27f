import { describe, expect, it } from 'vitest';
import { ExponentialLayers } from './exponential-layers.ts';
import { Random, splitMix32 } from './random.ts';

const NUMBERS = 200_000;

describe('random numbers', () => {
  it('are those of the generator as its authors publish it in C', () => {
    const random = new Random([1, 2, 3, 4]);
    const words = Array.from({ length: 1001 }, () => random.word() >>> 0);
    expect(words.slice(0, 6)).toEqual([11_520, 0, 5_927_040, 70_819_200, 2_031_721_883, 1_637_235_492]);
    expect(words.at(-1)).toBe(136_054_147);
  });

  it('start where the seed says', () => {
    expect([0, 1, 2].map((index) => splitMix32(42, index))).toEqual([939_911_724, 3_948_730_756, 321_366_731]);
    expect(Random.seeded(7).word()).toBe(Random.seeded(7).word());
    expect(Random.seeded(7).word()).not.toBe(Random.seeded(8).word());
  });

  it('are spread evenly from 0 to 1, and over whole numbers', () => {
    const random = Random.seeded(1);
    const counts = new Array(10).fill(0);
    const whole = new Array(7).fill(0);
    for (let index = 0; index < NUMBERS; index += 1) {
      counts[Math.floor(random.uniform() * 10)] += 1;
      whole[random.below(7)] += 1;
    }
    expect(chiSquare(counts)).toBeLessThan(27.9);
    expect(chiSquare(whole)).toBeLessThan(22.5);
  });

  it('are exponential: its mean, its deviation and its median', () => {
    const numbers = new Float64Array(NUMBERS);
    Random.seeded(2).fillExponential(numbers, 3);
    const { mean, deviation, median } = momentsOf(numbers);
    // Five standard errors of each.
    expect(Math.abs(mean / 3 - 1)).toBeLessThan(5 / Math.sqrt(NUMBERS));
    expect(Math.abs(deviation / 3 - 1)).toBeLessThan(5 * Math.sqrt(2 / NUMBERS));
    expect(Math.abs(median / 3 - Math.LN2)).toBeLessThan(5 / Math.sqrt(NUMBERS));
  });

  it('are exponential: as many in each twentieth, and far out', () => {
    const numbers = new Float64Array(NUMBERS);
    const counts = new Array<number>(20).fill(0);
    let [far, seed] = [0, 0];
    const rounds = 10;
    for (; seed < rounds; seed += 1) {
      Random.seeded(seed).fillExponential(numbers, 1);
      for (const number of numbers) {
        const part = Math.floor(20 * Math.exp(-number));
        counts[Math.min(19, part)] = (counts[Math.min(19, part)] as number) + 1 / rounds;
        if (number > 8.5) far += 1;
      }
    }
    // Exceeded once in a thousand times with nineteen degrees of freedom.
    expect(rounds * chiSquare(counts)).toBeLessThan(43.8);
    const expected = rounds * NUMBERS * Math.exp(-8.5);
    expect(Math.abs(far - expected)).toBeLessThan(5 * Math.sqrt(expected));
  });

  it('are drawn from layers that are all as large as what the first one stands for, and end at the top', () => {
    const { reach, density, tail } = new ExponentialLayers();
    const areas = Array.from(reach.slice(1, -1), (x, index) => {
      return x * ((density[index + 2] as number) - (density[index + 1] as number));
    });
    const first = tail * Math.exp(-tail) + Math.exp(-tail);
    expect([reach.length, areas.length, reach[1]]).toEqual([257, 255, tail]);
    expect((reach[0] as number) * Math.exp(-tail)).toBeCloseTo(first, 15);
    for (const area of areas) expect(area / first).toBeCloseTo(1, 12);
  });

  it('are log-normal: the mean and the deviation of their logarithms, and how many are within one deviation', () => {
    const numbers = new Float64Array(NUMBERS);
    Random.seeded(3).fillLogNormal(numbers, -1, 0.5);
    const logarithms = numbers.map(Math.log);
    const { mean, deviation } = momentsOf(logarithms);
    expect(mean).toBeCloseTo(-1, 2);
    expect(deviation).toBeCloseTo(0.5, 2);
    const within = logarithms.filter((logarithm) => Math.abs(logarithm + 1) < 0.5).length / NUMBERS;
    expect(within).toBeCloseTo(0.6827, 2);
  });
});

/** Exceeds 27.9 with nine degrees of freedom, and 22.5 with six, once in a thousand times. */
function chiSquare(counts: readonly number[]): number {
  const expected = NUMBERS / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

function momentsOf(numbers: Float64Array) {
  const mean = numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
  const variance = numbers.reduce((sum, number) => sum + (number - mean) ** 2, 0) / numbers.length;
  return { mean, deviation: Math.sqrt(variance), median: numbers.toSorted()[numbers.length >> 1] as number };
}
