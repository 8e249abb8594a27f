const REPLACEMENTS: Readonly<Record<string, string>> = {
  '±': '+/-',
  '…': '...',
  '×': 'x',
  '−': '-',
  '–': '-',
  µ: 'u',
  '·': '-',
  '≤': '<=',
  '≥': '>=',
  '→': '->',
  '’': "'",
};

/** A text for a screen that shows ASCII only: signs as people type them, what has no such form as a question mark. */
export function toAscii(text: string): string {
  return text.replace(/[\u0080-\u{10ffff}]/gu, (sign) => REPLACEMENTS[sign] ?? '?');
}
