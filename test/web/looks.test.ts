import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { useDashboard } from '../kit/dashboard.ts';
import { fillingProxy } from '../kit/dashboard-scenes.ts';
import { hostSample, laneSample, manyNamespaces } from '../kit/lane-samples.ts';
import { needsPrograms } from '../kit/needs.ts';
import { processReport } from '../kit/reports.ts';
import { namespaceSample, sampleOf } from '../kit/simulated-machine.ts';

needsPrograms('chromium');
const kit = useDashboard();
const machine = fillingProxy(100);

const PHONE = { width: 390, height: 844 };
const background = (page: Page): Promise<string> =>
  page.evaluate<string>('getComputedStyle(document.documentElement).backgroundColor');
/** How far anything reaches over the right edge of the page, in pixels. */
const OVERFLOW = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';

function showMachine(): void {
  kit.agent.history = machine;
  machine.showOn(kit.agent);
}

describe('light and dark', () => {
  it('follow the system until somebody chooses, and keep what was chosen', async () => {
    showMachine();
    const { page } = await kit.open({ colorScheme: 'light' });
    await page.locator('.verdict').waitFor();
    const light = await background(page);
    await page.emulateMedia({ colorScheme: 'dark' });
    const dark = await background(page);
    expect(dark).not.toBe(light);
    await page.keyboard.press('t');
    expect(await background(page)).toBe(light);
    await page.keyboard.press('t');
    expect(await background(page)).toBe(dark);
    await page.emulateMedia({ colorScheme: 'light' });
    await page.reload();
    await page.locator('.verdict').waitFor();
    expect(await background(page)).toBe(dark);
  });

  it.each(['light', 'dark'] as const)('let everybody read every text (WCAG AA): %s', async (colorScheme) => {
    showMachine();
    const { page } = await kit.open({ colorScheme });
    await page.locator('.verdict').waitFor();
    const pairs = [
      ...['panel', 'page', 'raised'].flatMap((below) => [`ink ${below}`, `quiet ${below}`]),
      ...['critical', 'warning', 'ok'].flatMap((color) => [
        `${color} panel`,
        `${color} ${color}-wash`,
        `ink ${color}-wash`,
      ]),
      ...['critical raised', 'warning raised', 'info panel', 'info raised', 'info critical-wash', 'past past-wash'],
    ];
    const contrasts = await page.evaluate<[string, number][]>(`${JSON.stringify(pairs)}.map((pair) => {
      const probe = document.body.appendChild(document.createElement('i'));
      const luminance = (name) => {
        probe.style.color = 'var(--' + name + ')';
        const [r, g, b] = getComputedStyle(probe).color.match(/[\\d.]+/g).map((part) => {
          const share = part / 255;
          return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const [a, b] = pair.split(' ').map(luminance);
      probe.remove();
      return [pair, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)];
    })`);
    expect(contrasts.filter(([, contrast]) => contrast < 4.5)).toEqual([]);
  });

  it('move nothing for who wants no motion', async () => {
    showMachine();
    const { page } = await kit.open({ reducedMotion: 'reduce' });
    await page.locator('.way-dots').first().waitFor({ state: 'attached' });
    const animation = `getComputedStyle(document.querySelector('.way-dots')).animationName`;
    expect(await page.evaluate(animation)).toBe('none');
    await page.emulateMedia({ reducedMotion: 'no-preference' });
    expect(await page.evaluate(animation)).toBe('flow');
  });
});

describe('a phone', () => {
  it.each(['now', 'past'])('shows all of it without scrolling sideways: %s', async (when) => {
    showMachine();
    const hash = when === 'now' ? '' : `at=${new Date(machine.span().untilMs - 30_000).toISOString()}`;
    const { page } = await kit.open({ viewport: PHONE, hash });
    await page.locator('.finding').first().waitFor();
    expect(await page.evaluate(OVERFLOW)).toBe(0);
    await page.keyboard.press('n');
    await page.locator('.picker-popup').waitFor();
    expect(await page.evaluate(OVERFLOW)).toBe(0);
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await page.locator('.help').waitFor();
    expect(await page.evaluate(OVERFLOW)).toBe(0);
  });

  it('shows the token’s form without scrolling sideways', async () => {
    kit.agent.token = 'x';
    const { page } = await kit.open({ viewport: PHONE, mayFail: true });
    await page.locator('.denied form').waitFor();
    expect(await page.evaluate(OVERFLOW)).toBe(0);
  });
});

describe('hostile names', () => {
  const script = '<script>window.isHacked = true</script><img src=x onerror="window.isHacked = true">';
  const backwards = '\u202Eexe.txt\u2066';
  const long = 'x'.repeat(4_000);

  it.each([
    ['a desk', { width: 1280, height: 900 }],
    ['a phone', PHONE],
  ])('are text, whatever they are, on %s', async (_, viewport) => {
    const owners = [script, backwards, long].map((name, index) => processReport(100 + index, name, 5, long));
    const lanes = [long.slice(0, 600), script, backwards].map((name, index) =>
      laneSample(
        [name, name, 80 + index],
        { ESTABLISHED: 900 - index, [script]: 3 },
        { processes: owners, device: name },
      ),
    );
    const [finding] = machine.findings.findings;
    if (finding === undefined) throw new Error('the machine has no finding');
    const { remedies } = finding;
    const evil = {
      ...finding,
      ...{ namespace: script, summary: `${script} ${long}`, explanation: backwards + script + long },
      evidence: { [script]: long, nested: { [long]: [script, { deep: null }] } },
      remedies: remedies.map((remedy) => ({
        ...remedy,
        title: script + long,
        reason: long,
        fix: long,
        command: script,
      })),
      unhelpful: [{ what: script, why: long }],
    };
    kit.agent.sample = {
      ...sampleOf([namespaceSample(script, lanes), namespaceSample(long, lanes, 1)], { notes: [script, long] }),
      host: { name: script + long, kernel: backwards },
    };
    kit.agent.findings = { takenAt: kit.agent.sample.takenAt, findings: [evil] };
    const { page } = await kit.open({ mayFail: true, viewport });
    await page.locator('.finding').first().waitFor();
    expect(await page.locator('h1').textContent()).toBe(script + long);
    expect(await page.evaluate('window.isHacked')).toBeUndefined();
    expect(await page.locator('#page script, #page img').count()).toBe(0);
    expect(await page.evaluate(OVERFLOW)).toBe(0);
    // Each name keeps its direction to itself.
    expect(await page.locator('.lane-to bdi', { hasText: backwards }).count()).toBeGreaterThan(0);
  });

  it('do no harm in the address', async () => {
    kit.agent.sample = hostSample([laneSample(['10.0.0.5', '10.0.1.9', 80], { ESTABLISHED: 9 })]);
    const hash = `ns=${encodeURIComponent(script)}&lane=${encodeURIComponent(`${script}>${script}:80`)}&at=never&range=${script}`;
    const { page } = await kit.open({ mayFail: true, hash });
    await page.getByText('There is no namespace').waitFor();
    expect(await page.evaluate('window.isHacked')).toBeUndefined();
    await page.getByRole('button', { name: 'Show all namespaces' }).click();
    await page.getByRole('option').first().waitFor();
  });
});

describe('a large machine', () => {
  it('stays usable with 200 namespaces and 1,000 lanes: what is drawn is bounded, and the rest is found', async () => {
    const namespaces = manyNamespaces(200, 5);
    const sampleAt = (second: number) =>
      sampleOf(namespaces, { takenAt: new Date(Date.UTC(2026, 10, 20, 12, 0, second)).toISOString() });
    kit.agent.sample = sampleAt(0);
    const { page } = await kit.open({ mayFail: true });
    await page.getByRole('option').first().waitFor();
    expect(await page.getByRole('option').count()).toBe(50);
    await page.getByRole('button', { name: /^Show more: 950 lanes/ }).click();
    expect(await page.getByRole('option').count()).toBe(150);
    await page.keyboard.press('n');
    expect(await page.locator('.picker-row').count()).toBe(60);
    await page.keyboard.press('Escape');
    for (let second = 1; second <= 20; second += 1) kit.agent.send(sampleAt(second));
    await page.getByRole('searchbox').fill('10.3.0.2 10.200.4.9');
    await page.locator('.lane-to', { hasText: '10.200.4.9:8080' }).waitFor();
    expect(await page.getByRole('option').count()).toBe(1);
    await page.locator('time[datetime="2026-11-20T12:00:20.000Z"]').waitFor();
  });
});
