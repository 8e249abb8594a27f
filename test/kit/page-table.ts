import { readFileSync, writeFileSync } from 'node:fs';

/**
 * The rows of the first table of a page under a heading. With UPDATE_GOLDEN=1 in the environment they are written anew, like
 * golden files.
 *
 * @param wanted the rows that it should have
 */
export function tableRows(page: URL, heading: string, wanted: string): string {
  const text = readFileSync(page, 'utf8');
  const start = text.indexOf(`# ${heading}\n`);
  const rule = /\n\|(?:---\|)+\n/.exec(text.slice(start));
  if (start < 0 || rule === null) throw new Error(`${page.pathname} has no table under '${heading}'`);
  const from = start + rule.index + rule[0].length;
  const to = text.indexOf('\n\n', from - 1);
  if (process.env.UPDATE_GOLDEN !== '1') return text.slice(from, to);
  writeFileSync(page, `${text.slice(0, from)}${wanted}${text.slice(to)}`);
  return wanted;
}
