/** What an import statement names: of code or of types only, `export … from`, and `import()` alike. */
export function importsOf(source: string): string[] {
  const specifiers: string[] = [];
  for (const match of source.matchAll(TOKEN)) {
    const specifier = match.groups?.specifier;
    if (specifier !== undefined) specifiers.push(specifier);
  }
  return specifiers;
}

// Comments, templates and other strings are matched too, so that what they contain is passed over.
const TOKEN = new RegExp(
  [
    /\/\/.*/,
    /\/\*[\s\S]*?\*\//,
    /`(?:\\[\s\S]|[^`\\])*`/,
    /(?:\bfrom\s*|\bimport\s*\(?\s*)(?<quote>['"])(?<specifier>[^'"\n]+)\k<quote>/,
    /'(?:\\.|[^'\\\n])*'/,
    /"(?:\\.|[^"\\\n])*"/,
  ]
    .map((part) => part.source)
    .join('|'),
  'g',
);
