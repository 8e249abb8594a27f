import { editDistance } from '../../tcp/near-names.ts';

/** So large a part of a word may be mistyped that it is still taken for another. */
const MOST_MISTYPED = 0.4;
const LONGEST_KEY = 40;
const SHORTEST_BEGINNING = 4;

/** The key that is most like a mistyped one; null where none is. */
export function nearestKey(wanted: string, keys: readonly string[]): string | null {
  const word = plain(wanted);
  // `token` is the beginning of `tokenFile`, though fewer letters of it are those of `open`.
  const begun = keys.filter((key) => plain(key).startsWith(word));
  if (word.length >= SHORTEST_BEGINNING && begun.length === 1) return begun[0] as string;
  let nearest: string | null = null;
  let least = MOST_MISTYPED * Math.max(1, word.length);
  for (const key of keys) {
    const distance = editDistance(word, plain(key));
    if (distance > least || (distance === least && nearest !== null)) continue;
    least = distance;
    nearest = key;
  }
  return nearest;
}

/** `time_wait`, `time-wait` and `TimeWait` are the same word. */
function plain(key: string): string {
  return key
    .slice(0, LONGEST_KEY)
    .toLowerCase()
    .replace(/[-_\s]/g, '');
}
