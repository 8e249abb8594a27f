import { describe, expect, it } from 'vitest';
import { useDashboard } from '../kit/dashboard.ts';
import { fillingProxy } from '../kit/dashboard-scenes.ts';
import { needsPrograms } from '../kit/needs.ts';

needsPrograms('chromium');
const kit = useDashboard();

const machine = fillingProxy(100, Date.UTC(2026, 10, 20, 12, 0, 0));
const { sinceMs, untilMs } = machine.span();
const LANE = 'lane=10.0.0.5>10.0.1.9:8080';

function useOfLane(atMs: number): string {
  const report = machine.at(atMs);
  const lane = report?.namespaces[0]?.lanes.find(({ destination }) => destination === '10.0.1.9');
  return `${lane?.used.toLocaleString('en-US')} / 28,165`;
}

const open = (hash = ''): ReturnType<typeof kit.open> => {
  kit.agent.history = machine;
  machine.showOn(kit.agent);
  return kit.open({ hash });
};

describe('the past', () => {
  it('is shown for the moment that the slider is at, marked as such, until one goes back to now', async () => {
    const { page } = await open();
    await page.getByText(useOfLane(untilMs)).waitFor();
    const slider = page.getByRole('slider', { name: 'The moment that the page shows' });
    expect(await slider.getAttribute('aria-valuetext')).toBe('now');
    await slider.focus();
    for (let press = 0; press < 3; press += 1) await page.keyboard.press('ArrowLeft');
    await page.locator('.banner-past').waitFor();
    await page.locator('.pulse', { hasText: 'the past' }).waitFor();
    await page.getByText(useOfLane(untilMs - 3_000)).waitFor();
    expect(await slider.getAttribute('aria-valuetext')).toContain('3 s ago');
    await page.getByText('the map shows only now').waitFor();
    await page.keyboard.press('Escape');
    await page.getByText(useOfLane(untilMs)).waitFor();
    expect(await page.locator('.banner-past').count()).toBe(0);
  });

  it('is what a link with a moment in it shows, with its lane, its range and its findings', async () => {
    const atMs = untilMs - 60_000;
    const { page } = await open(`in=host&${LANE}&at=${new Date(atMs).toISOString()}&range=1h`);
    await page.getByText(useOfLane(atMs)).waitFor();
    await page.getByText(/^The past: /).waitFor();
    expect(await page.getByRole('option', { selected: true }).textContent()).toContain('10.0.1.9:8080');
    await page.getByRole('button', { name: '1 h', pressed: true }).waitFor();
    await page.locator('.finding', { hasText: 'CLOSE_WAIT' }).waitFor();
    await page.getByRole('button', { name: /Back to now/ }).click();
    await page.locator('.pulse', { hasText: 'live' }).waitFor();
  });

  it('is moved in by keys from anywhere, and the address follows', async () => {
    const { page } = await open();
    await page.getByRole('slider').waitFor();
    await page.keyboard.press('[');
    await page.waitForURL((url) => url.hash === `#at=${new Date(untilMs - 10_000).toISOString()}`);
    await page.keyboard.press(']');
    await page.waitForURL((url) => url.hash === '');
    await page.getByRole('slider').focus();
    await page.keyboard.press('Home');
    await page.waitForURL((url) => url.hash === `#at=${new Date(Math.max(sinceMs, untilMs - 99_000)).toISOString()}`);
  });

  it('says where nothing was sampled', async () => {
    kit.agent.history = machine;
    machine.showOn(kit.agent);
    const { page } = await kit.open({ hash: 'at=2020-01-01T00:00:00Z', mayFail: true });
    await page.getByText('Nothing was sampled then.').waitFor();
    await page.keyboard.press('Escape');
    await page.getByText(useOfLane(untilMs)).waitFor();
  });

  it('is drawn from the history, with what is to come after it', async () => {
    const { page } = await open(`in=host&${LANE}`);
    const words = page.locator('.course .unseen');
    await words.filter({ hasText: 'to come: full in' }).waitFor();
    const rows = machine.series(
      { namespace: 'host', source: '10.0.0.5', destination: '10.0.1.9', port: 8080 },
      0,
      untilMs,
    );
    const lowest = Math.min(...(rows[0]?.used ?? []));
    await words.filter({ hasText: `Between ${lowest.toLocaleString('en-US')} and` }).waitFor();
    const inked = await page.evaluate<number>(`(() => {
      const canvas = document.querySelector('.course canvas');
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      return data.filter((byte, at) => at % 4 === 3 && byte > 0).length / (data.length / 4);
    })()`);
    expect(inked).toBeGreaterThan(0.1);
  });
});
