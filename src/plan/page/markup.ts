/** Text of HTML or SVG in which all that came from outside is escaped already. */
export interface Markup {
  readonly markup: string;
}

/** What may stand in a template: a number is written with one decimal at most, and text is escaped. */
export type Insertable = Markup | string | number | readonly Markup[];

/** A template of HTML or SVG: only what another template made is inserted as it is. */
export function markup(parts: TemplateStringsArray, ...inserted: readonly Insertable[]): Markup {
  return { markup: parts.map((part, index) => part + textOf(inserted[index] ?? '')).join('') };
}

/** Nothing at all, where a part of the page is left out. */
export const NOTHING: Markup = { markup: '' };

function textOf(value: Insertable): string {
  if (typeof value === 'number') return String(Math.round(value * 10) / 10);
  if (typeof value === 'string') return escapeText(value);
  return 'markup' in value ? value.markup : value.map((one) => one.markup).join('\n');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * Escapes text for the content and for the quoted attributes of a page. Control characters, halves of characters and marks
 * that turn the direction of writing around become U+FFFD: they could make the page show something else than it says.
 */
function escapeText(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cs}\p{Bidi_Control}\uFFFE\uFFFF]/gu, '\uFFFD')
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
