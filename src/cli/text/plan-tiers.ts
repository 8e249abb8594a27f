import type { TierAnswer } from '../../plan/answer.ts';
import { formatCount, formatRate, formatShare } from '../../tcp/number-text.ts';
import { formatRefusal, formatSustained } from './plan-figures.ts';
import type { Screen } from './screen.ts';
import { style } from './style.ts';
import { type Column, renderTable } from './table.ts';

const RED_FROM = 1;
const YELLOW_FROM = 0.5;
const NARROWEST_NAME = 12;
/** What 80 characters leave to a name beside the columns that are always there. */
const WIDEST_NAME = 34;

/** What is left out first where a screen is too narrow for all of it: the sentences above and --json have it too. */
const LESS_NEEDED = ['LANES', 'SAFE/S', 'SLOTS'];

/** The tiers as a table, in the order in which traffic passes them. */
export function renderTiers(tiers: readonly TierAnswer[], screen: Screen): string[] {
  const ellipsis = screen.unicode ? '…' : '~';
  let columns = columnsOf(tiers, screen);
  for (const title of LESS_NEEDED) {
    const [head = ''] = renderTable(columns, screen.width, ellipsis);
    if (head.length <= screen.width) break;
    columns = columns.filter((column) => column.title !== title);
  }
  const [head = '', ...rows] = renderTable(columns, screen.width, ellipsis);
  return [style(screen, 'dim', head), ...rows];
}

function columnsOf(tiers: readonly TierAnswer[], screen: Screen): Column[] {
  const column = (title: string, cell: (tier: TierAnswer) => string, more: Partial<Column> = {}): Column => ({
    title,
    cells: tiers.map(cell),
    align: 'right',
    ...more,
  });
  const paint = (text: string, row: number): string => {
    const full = tiers[row]?.utilization ?? 0;
    if (full >= RED_FROM) return style(screen, 'red', text);
    return full >= YELLOW_FROM ? style(screen, 'yellow', text) : text;
  };
  const hasRate = tiers.some(({ opensPerSecond }) => (opensPerSecond ?? 0) > 0);
  const hasTraffic = tiers.some(({ opensPerSecond }) => opensPerSecond !== null);
  return [
    column('TIER', ({ name }) => name, { align: 'left', shrinkTo: narrowestName(tiers) }),
    column('LANES', ({ lanes }) => formatCount(lanes)),
    column('SLOTS', ({ slots }) => formatCount(slots)),
    ...(hasRate
      ? [
          column('USED', ({ used }) => formatCount(used)),
          column('FULL', ({ utilization }) => formatShare(utilization), { paint }),
          column('OPENS/S', ({ opensPerSecond }) => formatRate(opensPerSecond)),
        ]
      : []),
    ...(hasTraffic
      ? [
          column('SUSTAINS/S', (tier) => formatBound(tier, tier.sustainableOpensPerSecond)),
          column('SAFE/S', (tier) => formatBound(tier, tier.safeOpensPerSecond)),
        ]
      : []),
    ...(hasRate ? [column('REFUSED', ({ refusalProbability }) => formatRefusal(refusalProbability))] : []),
  ];
}

/** So many characters that names differ, where they can: those of lanes of one source begin alike. */
function narrowestName(tiers: readonly TierAnswer[]): number {
  let least = NARROWEST_NAME;
  while (least < WIDEST_NAME && new Set(tiers.map(({ name }) => name.slice(0, least - 1))).size < tiers.length)
    least += 1;
  return least;
}

function formatBound({ opensPerSecond }: TierAnswer, rate: number | null): string {
  return opensPerSecond === null ? '' : formatSustained(rate);
}
