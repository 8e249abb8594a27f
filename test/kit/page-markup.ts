/** One opening tag of a page. */
export interface Tag {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
}

const VOID = new Set(['!doctype', 'meta']);
const TOKEN = /<(\/?)([!a-zA-Z][\w:-]*)((?:\s+[\w:-]+(?:="[^"<]*")?)*)\s*(\/?)>|<style>[^<]*<\/style>/gy;
const ATTRIBUTE = /([\w:-]+)(?:="([^"]*)")?/g;
const ENTITY = /&(?!(?:amp|lt|gt|quot|#39);)/;

/**
 * The tags of a page, in their order: it must be as XML is, but for the document type and `meta`.
 *
 * @throws Error where a tag is not closed or not nested, an attribute is not quoted, or a character is not escaped
 */
export function parsePage(page: string): Tag[] {
  const tags: Tag[] = [];
  const open: string[] = [];
  let at = 0;
  while (at < page.length) {
    const next = page.indexOf('<', at);
    const text = page.slice(at, next < 0 ? page.length : next);
    if (text.includes('>') || ENTITY.test(text)) throw new Error(`not escaped: ${text}`);
    if (next < 0) break;
    TOKEN.lastIndex = next;
    const token = TOKEN.exec(page);
    if (token === null) throw new Error(`no tag: ${page.slice(next, next + 80)}`);
    at = TOKEN.lastIndex;
    const [, closing, name, attributes = '', selfClosing] = token;
    if (name === undefined) continue;
    if (closing) {
      if (open.pop() !== name) throw new Error(`</${name}> closes nothing`);
      continue;
    }
    if (ENTITY.test(attributes)) throw new Error(`not escaped: ${attributes}`);
    const pairs = [...attributes.matchAll(ATTRIBUTE)].map(([, key = '', value = '']) => [key, value] as const);
    if (new Set(pairs.map(([key]) => key)).size !== pairs.length) throw new Error(`twice the same: ${attributes}`);
    tags.push({ name, attributes: new Map(pairs) });
    if (!selfClosing && !VOID.has(name)) open.push(name);
  }
  if (open.length > 0) throw new Error(`not closed: ${open.join(', ')}`);
  return tags;
}
