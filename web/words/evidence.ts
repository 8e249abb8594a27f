import { formatCount } from './numbers.ts';

/** The evidence of a finding as lines: what it is, and the figure. What is nested is told by its path. */
export function evidenceLines(evidence: Readonly<Record<string, unknown>>): (readonly [name: string, value: string])[] {
  return Object.entries(evidence).flatMap(([name, value]) => linesOf(nameOf(name), value));
}

const MOST_ITEMS = 6;

function linesOf(name: string, value: unknown): (readonly [string, string])[] {
  if (Array.isArray(value)) {
    const items = value.slice(0, MOST_ITEMS).map(textOf);
    const more = value.length > MOST_ITEMS ? [`and ${formatCount(value.length - MOST_ITEMS)} more`] : [];
    return [[name, value.length === 0 ? 'none' : [...items, ...more].join(', ')]];
  }
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([inner, one]) => linesOf(`${name}, ${nameOf(inner)}`, one));
  }
  return [[name, textOf(value)]];
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return 'unknown';
  if (typeof value === 'number')
    return Number.isInteger(value) ? formatCount(value) : String(Number(value.toPrecision(4)));
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string') return value;
  return Object.values(value as Record<string, unknown>)
    .map(textOf)
    .join(' ');
}

/** `opensPerSecond` as `opens per second`; what is in capitals, as TIME_WAIT, stays. */
function nameOf(key: string): string {
  return /[A-Z]{2}/.test(key) ? key : key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
