import type { PlannedRemedy, PlanReport } from '../../plan/answer.ts';
import { formatCount, formatRate } from '../../tcp/number-text.ts';
import { describeGain } from './fix-effect-text.ts';
import { formatSustained } from './plan-figures.ts';
import type { Screen } from './screen.ts';
import { style } from './style.ts';
import { type Column, renderTable } from './table.ts';
import { wrap } from './wrap.ts';

/** Less is none. */
const LEAST_GAIN = 1.05;
const REMEDIES_TOLD = 6;

/** What each remedy alone would buy for the tier that gives out first. */
export function renderRemedies({ remedies, tiers }: PlanReport, screen: Screen): string[] {
  const gaining = remedies.filter(({ gain }) => gain === null || gain >= LEAST_GAIN);
  const told = gaining.slice(0, REMEDIES_TOLD);
  const [first] = told;
  if (first === undefined) return [];
  const column = (title: string, cell: (remedy: PlannedRemedy) => string): Column => ({
    title,
    cells: told.map(cell),
    align: 'right',
  });
  const hasTraffic = tiers.some(({ name, holdSeconds }) => name === first.tier && holdSeconds !== null);
  const [head = '', ...rows] = renderTable(
    [
      { ...column('REMEDY', ({ id }) => id), align: 'left' },
      column('SLOTS', ({ slots }) => formatCount(slots)),
      ...(hasTraffic ? [column('SUSTAINS/S', (remedy) => formatSustained(remedy.sustainableOpensPerSecond))] : []),
      column('GAIN', ({ gain }) => describeGain(gain)),
    ],
    screen.width,
    screen.unicode ? '…' : '~',
  );
  const more = gaining.length - told.length;
  return [
    style(screen, 'bold', wrap(`What would help ${first.tier}, each alone, the best first:`, screen.width)),
    style(screen, 'dim', head),
    ...told.flatMap(({ title }, index) => [rows[index] ?? '', wrap(`  ${title}`, screen.width, '    ')]),
    ...(more > 0 ? [`and ${formatCount(more)} more (--json has all)`] : []),
    style(screen, 'dim', wrap('Whether one is safe, the machine itself tells: fourtuple doctor.', screen.width)),
  ];
}

/** The remedies that together reach the rate that was asked for. */
export function renderStack({ stack }: PlanReport, targetRate: number, screen: Screen): string[] {
  const target = `${formatRate(targetRate)} opens/s`;
  if (stack === null) return [wrap(`No remedies together sustain ${target}.`, screen.width)];
  const { tier, remedies, slots, sustainableOpensPerSecond } = stack;
  if (remedies.length === 0) return [wrap(`${tier} sustains ${target} as it is.`, screen.width)];
  const result = `${formatCount(slots)} slots, ${formatSustained(sustainableOpensPerSecond)} opens/s sustained`;
  return [
    style(screen, 'bold', wrap(`The least that lets ${tier} sustain ${target}:`, screen.width)),
    wrap(`  ${remedies.join(' + ')}: ${result}`, screen.width, '    '),
  ];
}
