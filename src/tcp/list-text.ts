import { FourtupleError } from './error.ts';

/**
 * The parts of a list with commas between, without the spaces around them.
 *
 * @param what what the list is of: `source address`
 * @throws FourtupleError FT_ARGUMENT where it is empty, or one of its parts is
 */
export function listItems(text: string, what: string): string[] {
  const items = text.split(',').map((item) => item.trim());
  if (items.length === 1 && items[0] === '') throw new FourtupleError('FT_ARGUMENT', `no ${what} is given`);
  if (items.includes('')) {
    throw new FourtupleError('FT_ARGUMENT', `'${text.trim()}' has nothing between two commas, or at an end`, {
      hint: `Write each ${what} once, with one comma between two.`,
    });
  }
  return items;
}

/**
 * Reads a list whose parts may stand for several things each.
 *
 * @param read what one part stands for
 * @param nameOf a text that two things have in common only where they are the same
 * @throws FourtupleError FT_ARGUMENT naming both parts that stand for the same thing; and whatever `read` throws
 */
export function readList<T>(
  text: string,
  what: string,
  read: (item: string) => readonly T[],
  nameOf: (member: T) => string,
): T[] {
  const givenBy = new Map<string, string>();
  const members: T[] = [];
  for (const item of listItems(text, what)) {
    for (const member of read(item)) {
      const name = nameOf(member);
      const before = givenBy.get(name);
      if (before !== undefined) throw givenTwice(before, item, name);
      givenBy.set(name, item);
      members.push(member);
    }
  }
  return members;
}

function givenTwice(before: string, item: string, name: string): FourtupleError {
  const message = before === item ? `'${item}' is given twice` : `'${before}' and '${item}' overlap: both have ${name}`;
  return new FourtupleError('FT_ARGUMENT', message, { hint: 'Write each of them once.' });
}

/** Neighbours that follow each other, in the order that they have: the first and the last of each run. */
export function runsOf<T>(items: readonly T[], follows: (before: T, after: T) => boolean): [first: T, last: T][] {
  const runs: [first: T, last: T][] = [];
  for (const item of items) {
    const run = runs.at(-1);
    if (run !== undefined && follows(run[1], item)) run[1] = item;
    else runs.push([item, item]);
  }
  return runs;
}
