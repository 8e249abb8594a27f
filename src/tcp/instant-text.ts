/** An instant that is given in RFC 3339 and UTC: `2026-11-20 12:00:00 UTC`. */
export function formatInstant(text: string): string {
  return text.replace('T', ' ').replace(/(?:\.\d+)?Z$/, ' UTC');
}
