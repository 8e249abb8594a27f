import { formatShare, plural } from '../../tcp/number-text.ts';
import type { PlanReport, TierAnswer } from '../answer.ts';
import type { Tier, Topology } from '../topology.ts';
import { countText } from './figure-text.ts';
import { shorten, wrap } from './fitted-text.ts';
import { type Markup, markup, NOTHING } from './markup.ts';
import { type HostGroup, layOut } from './topology-layout.ts';

/** Hosts of one name that are drawn; of the others the number is told. */
const MOST_HOSTS = 6;
const [HOST_WIDTH, HOST_HEIGHT, HOST_PITCH] = [140, 20, 28];
const BETWEEN = 170;
const BETWEEN_WITH_GATEWAY = 300;
const HEADER = 44;
const LABEL = 36;
const GATEWAY = { width: 136, height: 66, pitch: 76, letters: 18 };
const ROW_GAP = 34;
const LETTERS = 18;

/** A kind of line, for utilizations below its bound and at least that of the one before. */
interface Level {
  readonly kind: string;
  readonly below: number;
  readonly text: string;
}

/** Colours by utilization, in the order of the key below the drawing. */
export const LEVELS: readonly Level[] = [
  { kind: 'calm', below: 0.5, text: 'less than 50% used' },
  { kind: 'warm', below: 0.8, text: '50% to 80%' },
  { kind: 'full', below: Number.POSITIVE_INFINITY, text: '80% and more' },
];

/** The kind of line for tiers of which no traffic is known. */
export const UNKNOWN_LEVEL = 'unknown';

interface Band {
  readonly header: number;
  readonly body: number;
  readonly top: number;
}

/** Where things stand: the same for all that is drawn. */
interface Grid {
  readonly bands: readonly Band[];
  /** The left edge of each column. */
  readonly lefts: readonly number[];
  readonly answers: ReadonlyMap<string, TierAnswer>;
}

/** Columns of hosts, the lanes between them coloured by utilization, and the gateways where there are any. */
export function drawTopology(topology: Topology, report: PlanReport): Markup {
  const groups = layOut(topology);
  const grid: Grid = {
    bands: bandsOf(groups),
    lefts: leftsOf(groups),
    answers: new Map(report.tiers.map((tier) => [tier.name, tier])),
  };
  const last = grid.bands.at(-1);
  const height = last === undefined ? 0 : last.top + last.header + last.body;
  const width = (grid.lefts.at(-1) ?? 0) + HOST_WIDTH;
  const entries = groups.flatMap((group) => group.incoming.map((line, index) => ({ group, line, index })));
  return markup`<svg class="topology" width="${width + 4}" height="${height + 4}" viewBox="-2 -2 ${width + 4} ${height + 4}" role="img" aria-labelledby="topology-title topology-text">
<title id="topology-title">Hosts and the lanes between them</title>
<desc id="topology-text">${topology.tiers.map((tier) => describe(tier, grid)).join(' ')}</desc>
${entries.map(({ group, line, index }) => drawLines(line.from, group, line.tier, index, grid))}
${entries.map(({ group, line, index }) => drawGateway(group, line.tier, index, grid))}
${groups.map((group) => drawHosts(group, grid))}
${entries.map(({ group, line, index }) => drawLabel(group, line.tier, index, grid))}
</svg>`;
}

function leftsOf(groups: readonly HostGroup[]): number[] {
  const lefts: number[] = [];
  let left = 0;
  for (let column = 0; groups.some((group) => group.column === column); column += 1) {
    const members = groups.filter((group) => group.column === column);
    if (column > 0) left += HOST_WIDTH + (members.some(gatewaysHeight) ? BETWEEN_WITH_GATEWAY : BETWEEN);
    lefts.push(left);
  }
  return lefts;
}

/** The width of what is between a column and the one before. */
function betweenOf(group: HostGroup, grid: Grid): number {
  return leftOf(group, grid) - (grid.lefts[group.column - 1] ?? 0) - HOST_WIDTH;
}

function bandsOf(groups: readonly HostGroup[]): Band[] {
  const bands: Band[] = [];
  let top = 0;
  for (let row = 0; groups.some((group) => group.row === row); row += 1) {
    const members = groups.filter((group) => group.row === row);
    const header = Math.max(...members.map(({ incoming }) => Math.max(HEADER, LABEL * incoming.length + 8)));
    const body = Math.max(...members.map((group) => Math.max(stackHeight(group), gatewaysHeight(group))));
    bands.push({ header, body, top });
    top += header + body + ROW_GAP;
  }
  return bands;
}

function drawnHosts({ hosts }: HostGroup): number {
  return Math.min(hosts, MOST_HOSTS);
}

function stackHeight(group: HostGroup): number {
  return HOST_PITCH * (drawnHosts(group) + (group.hosts > MOST_HOSTS ? 1 : 0));
}

function gatewaysHeight({ incoming }: HostGroup): number {
  return GATEWAY.pitch * incoming.filter(({ tier }) => tier.via !== null).length;
}

function bandOf(group: HostGroup, grid: Grid): Band {
  return grid.bands[group.row] ?? { header: 0, body: 0, top: 0 };
}

function leftOf(group: HostGroup, grid: Grid): number {
  return grid.lefts[group.column] ?? 0;
}

/** The upper edges of the hosts that are drawn. */
function hostTops(group: HostGroup, grid: Grid): number[] {
  const { top, header, body } = bandOf(group, grid);
  const first = top + header + (body - stackHeight(group)) / 2 + (HOST_PITCH - HOST_HEIGHT) / 2;
  return Array.from({ length: drawnHosts(group) }, (_, index) => first + index * HOST_PITCH);
}

function drawHosts(group: HostGroup, grid: Grid): Markup {
  const left = leftOf(group, grid);
  const { top } = bandOf(group, grid);
  const tops = hostTops(group, grid);
  const boxes = tops.map(
    (y) => markup`<rect class="host" x="${left}" y="${y}" width="${HOST_WIDTH}" height="${HOST_HEIGHT}" rx="4"/>`,
  );
  const more = group.hosts - tops.length;
  const rest =
    more > 0
      ? markup`<text class="middle" x="${left + HOST_WIDTH / 2}" y="${(tops.at(-1) ?? 0) + HOST_PITCH + 14}">and ${countText(more)} more</text>`
      : NOTHING;
  return markup`<g><title>${group.name}</title>
<text class="strong middle" x="${left + HOST_WIDTH / 2}" y="${top + 14}">${shorten(group.name, LETTERS)}</text>
<text class="middle" x="${left + HOST_WIDTH / 2}" y="${top + 32}">${plural(group.hosts, 'host')}</text>
${boxes}
${rest}</g>`;
}

function drawLines(from: HostGroup, to: HostGroup, tier: Tier, index: number, grid: Grid): Markup {
  const right = leftOf(from, grid) + HOST_WIDTH;
  const left = leftOf(to, grid);
  const [starts, ends] = [from, to].map((group) => hostTops(group, grid).map((top) => top + HOST_HEIGHT / 2));
  const kind = levelOf(grid.answers.get(tier.name));
  if (tier.via === null) return drawBundle(right, starts ?? [], left, ends ?? [], kind);
  const box = gatewayBox(to, index, grid);
  const middle = box.top + GATEWAY.height / 2;
  return markup`${drawBundle(right, starts ?? [], box.left, [middle], UNKNOWN_LEVEL)}
${drawBundle(box.left + GATEWAY.width, [middle], left, ends ?? [], kind)}`;
}

/** One path for all lines from each start to each end. */
function drawBundle(x: number, starts: readonly number[], toX: number, ends: readonly number[], kind: string): Markup {
  const lines = starts.flatMap((start) => ends.map((end) => markup`M${x} ${start}L${toX} ${end}`));
  return markup`<path class="lanes ${kind}" d="${lines}"/>`;
}

/** Gateways in front of the same hosts stand under each other. */
function gatewayBox(to: HostGroup, index: number, grid: Grid): { left: number; top: number } {
  const { top, header, body } = bandOf(to, grid);
  const before = to.incoming.slice(0, index).filter(({ tier }) => tier.via !== null).length;
  const first = top + header + (body - gatewaysHeight(to)) / 2 + (GATEWAY.pitch - GATEWAY.height) / 2;
  return { left: leftOf(to, grid) - (betweenOf(to, grid) + GATEWAY.width) / 2, top: first + before * GATEWAY.pitch };
}

function drawGateway(to: HostGroup, { via: gateway }: Tier, index: number, grid: Grid): Markup {
  if (gateway === null) return NOTHING;
  const { left, top } = gatewayBox(to, index, grid);
  const widths = gateway.lanePer === 'host' ? 'ports per host' : plural(gateway.addresses, 'address', 'addresses');
  const lines = [...wrap(gateway.title, GATEWAY.letters, 2), widths];
  const first = top + GATEWAY.height / 2 - (lines.length * 17) / 2 + 13;
  const texts = lines.map(
    (line, index) =>
      markup`<text class="middle" x="${left + GATEWAY.width / 2}" y="${first + 17 * index}">${line}</text>`,
  );
  return markup`<g><title>${gateway.title}</title><rect class="gateway" x="${left}" y="${top}" width="${GATEWAY.width}" height="${GATEWAY.height}" rx="8"/>
${texts}</g>`;
}

function drawLabel(to: HostGroup, tier: Tier, index: number, grid: Grid): Markup {
  const answer = grid.answers.get(tier.name);
  if (answer === undefined) return NOTHING;
  const x = leftOf(to, grid) - betweenOf(to, grid) / 2;
  const y = bandOf(to, grid).top + LABEL * index + 14;
  const whose = to.incoming.length > 1 ? `${shorten(tier.from.name, LETTERS / 2)}: ` : '';
  return markup`<g><title>${tier.name}</title><text class="middle halo" x="${x}" y="${y}">${whose}${plural(answer.lanes, 'lane')}</text>
<text class="strong middle halo" x="${x}" y="${y + 18}">${usedText(answer)}</text></g>`;
}

function levelOf(answer: TierAnswer | undefined): string {
  const utilization = answer?.utilization ?? null;
  if (utilization === null) return UNKNOWN_LEVEL;
  return LEVELS.find(({ below }) => utilization < below)?.kind ?? UNKNOWN_LEVEL;
}

function describe(tier: Tier, grid: Grid): string {
  const answer = grid.answers.get(tier.name);
  const via = tier.via === null ? '' : ` through ${tier.via.title}`;
  const lanes = answer === undefined ? '' : `, over ${plural(answer.lanes, 'lane')}, ${usedText(answer)}`;
  const to = `${tier.to.name} (${plural(tier.to.hosts, 'host')})`;
  return `${tier.from.name} (${plural(tier.from.hosts, 'host')}) opens connections to ${to}${via}${lanes}.`;
}

function usedText({ utilization, slots }: TierAnswer): string {
  return utilization === null ? `${countText(slots)} slots` : `${formatShare(utilization)} used`;
}
