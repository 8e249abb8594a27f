/** A metric that a query names, with the labels that it is chosen by. */
export interface NamedMetric {
  readonly name: string;
  readonly labels: readonly string[];
}

export interface NamesOfQuery {
  readonly metrics: readonly NamedMetric[];
  /** The labels that it groups or matches by. */
  readonly groupedBy: readonly string[];
}

const TOKEN = /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\[[^\]]*\]|[a-zA-Z_:][\w:]*|[\d.]+\w*|\s+|./gs;
const TAKES_LABELS = new Set(['by', 'without', 'on', 'ignoring', 'group_left', 'group_right']);
const WORDS = new Set(['and', 'or', 'unless', 'bool', 'offset', 'inf', 'nan', 'start', 'end', 'atan2']);

/** What a query of PromQL names. Whether it is PromQL at all is for Prometheus to say. */
export function namesOfQuery(query: string): NamesOfQuery {
  const tokens = (query.match(TOKEN) ?? []).filter((token) => token.trim() !== '');
  const metrics: NamedMetric[] = [];
  const groupedBy: string[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at] as string;
    if (!/^[a-zA-Z_:]/.test(token) || WORDS.has(token.toLowerCase())) continue;
    const next = tokens[at + 1];
    if (TAKES_LABELS.has(token)) {
      const end = next === '(' ? tokens.indexOf(')', at) : at;
      groupedBy.push(...tokens.slice(at + 1, end).filter((word) => /^\w/.test(word)));
      at = end;
    } else if (next === '{') {
      const end = tokens.indexOf('}', at);
      const inside = tokens.slice(at + 2, end);
      metrics.push({ name: token, labels: inside.filter((word, index) => /^\w/.test(word) && isKey(inside, index)) });
      at = end;
    } else if (next !== '(' && next !== 'by' && next !== 'without') {
      metrics.push({ name: token, labels: [] });
    }
  }
  return { metrics, groupedBy };
}

function isKey(inside: readonly string[], index: number): boolean {
  return index === 0 || inside[index - 1] === ',';
}
