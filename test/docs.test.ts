import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EXPERIMENTS } from '../src/lab/catalog.ts';
import { GATEWAYS } from '../src/plan/gateways/gateways.ts';
import { formatCount } from '../src/tcp/number-text.ts';

const PLAN = new URL('../docs/plan.md', import.meta.url);
const LAB = new URL('../docs/lab.md', import.meta.url);
const EXAMPLE = new URL('./fixtures/topologies/every-key.yaml', import.meta.url);

/** As the golden files, it is written anew where that is asked for. */
function sectionOf(page: URL, heading: string, fence: RegExp, wanted: string): string {
  const text = readFileSync(page, 'utf8');
  const start = text.indexOf(`## ${heading}`);
  const match = fence.exec(text.slice(start));
  const found = match?.[1] ?? '';
  if (process.env.UPDATE_GOLDEN === '1' && match !== null) {
    writeFileSync(
      page,
      text.slice(0, start) +
        text.slice(start).replace(
          match[0],
          match[0].replace(found, () => wanted),
        ),
    );
    return wanted;
  }
  return found;
}

describe('the page about planning', () => {
  it('shows a topology with every key, which is tested', () => {
    const example = readFileSync(EXAMPLE, 'utf8').trimEnd();
    expect(sectionOf(PLAN, 'A topology as a file', /```yaml\n([\s\S]*?)\n```/, example)).toBe(example);
  });

  it('lists every gateway with its figures', () => {
    const rows = GATEWAYS.map(({ id, portsPerAddress, mostAddresses, timeWaitSeconds, tries }) => {
      const cells = [
        `\`${id}\``,
        formatCount(portsPerAddress),
        mostAddresses === null ? '' : `${mostAddresses}`,
        timeWaitSeconds === null ? 'not documented' : `${timeWaitSeconds} s`,
        tries === null ? 'all' : `${tries}`,
      ];
      return `| ${cells.join(' | ')} |`;
    }).join('\n');
    expect(sectionOf(PLAN, 'Gateways', /\|---\|---\|---\|---\|---\|\n([\s\S]*?)\n\n/, rows)).toBe(rows);
  });
});

describe('the page about the lab', () => {
  it('lists every experiment', () => {
    const rows = EXPERIMENTS.map(({ name, question, remedies, programs, needsRoot, seconds }) => {
      const code = (names: readonly string[]): string => names.map((one) => `\`${one}\``).join(', ');
      const needs = [...(needsRoot === true ? ['root'] : []), ...(programs.length === 0 ? [] : [code(programs)])];
      return `| ${[`\`${name}\``, question, code(remedies), needs.join(', '), `${seconds} s`].join(' | ')} |`;
    }).join('\n');
    expect(sectionOf(LAB, 'What it proves', /\|---\|---\|---\|---\|---\|\n([\s\S]*?)\n\n/, rows)).toBe(rows);
  });
});
