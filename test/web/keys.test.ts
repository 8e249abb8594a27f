import { describe, expect, it } from 'vitest';
import { useDashboard } from '../kit/dashboard.ts';
import { hostSample, laneSample, manyNamespaces } from '../kit/lane-samples.ts';
import { needsPrograms } from '../kit/needs.ts';
import { sampleOf } from '../kit/simulated-machine.ts';

needsPrograms('chromium');
const kit = useDashboard();

const lane = (host: string, used: number) => laneSample(['10.0.0.5', host, 8080], { ESTABLISHED: used });

describe('the keyboard', () => {
  it('chooses a lane by arrows, and the address keeps it', async () => {
    kit.agent.sample = hostSample([lane('10.0.1.9', 900), lane('10.0.1.8', 800), lane('10.0.1.7', 700)]);
    const { page } = await kit.open({ mayFail: true });
    const chosen = page.getByRole('option', { selected: true });
    await chosen.focus();
    await page.keyboard.press('ArrowDown');
    expect(await chosen.textContent()).toContain('10.0.1.8:8080');
    await page.keyboard.press('End');
    expect(await chosen.textContent()).toContain('10.0.1.7:8080');
    expect(await page.evaluate('document.activeElement.textContent')).toContain('10.0.1.7:8080');
    expect(decodeURIComponent(new URL(page.url()).hash)).toContain('lane=10.0.0.5>10.0.1.7:8080');
    await page.keyboard.press('k');
    expect(await page.locator('#lane-title').textContent()).toContain('10.0.1.8:8080');
    await page.reload();
    await page.locator('#lane-title', { hasText: '10.0.1.8:8080' }).waitFor();
  });

  it('finds a namespace among hundreds, and shows it alone', async () => {
    kit.agent.sample = sampleOf(manyNamespaces(200, 5));
    const { page } = await kit.open({ mayFail: true });
    await page.getByRole('option').first().waitFor();
    await page.keyboard.press('n');
    const field = page.getByRole('combobox', { name: 'Find a namespace' });
    await field.fill('pod-17');
    expect(await page.locator('.picker-name').count()).toBe(11);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    await field.fill('pod-42');
    await page.keyboard.press('Enter');
    await page.locator('.picker-chosen', { hasText: 'pod-42' }).waitFor();
    expect(new URL(page.url()).hash).toBe('#ns=pod-42');
    expect(await page.getByRole('listbox', { name: 'Lanes' }).getByRole('option').count()).toBe(5);
  });

  it('opens the help with a question mark, and shuts it with Esc', async () => {
    kit.agent.sample = hostSample([lane('10.0.1.9', 900)]);
    const { page } = await kit.open({ mayFail: true });
    await page.locator('.verdict').waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys and words' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  it('types into a field what elsewhere is a command', async () => {
    kit.agent.sample = hostSample(Array.from({ length: 9 }, (_, index) => lane(`10.0.2.${index}`, 100 + index)));
    const { page } = await kit.open({ mayFail: true });
    await page.locator('.verdict').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('10.0.2.4 ');
    const field = page.getByRole('searchbox', { name: /Find a lane/ });
    expect(await field.inputValue()).toBe('10.0.2.4 ');
    expect(await page.getByRole('option').count()).toBe(1);
    expect(await page.locator('.pulse').textContent()).toBe('live');
  });

  it('reaches all that can be pressed, and shows where it is', async () => {
    kit.agent.sample = hostSample([lane('10.0.1.9', 900)]);
    const { page } = await kit.open({ mayFail: true });
    await page.locator('.port-picture, .ports .empty').first().waitFor();
    const seen: string[] = [];
    for (let press = 0; press < 12; press += 1) {
      await page.keyboard.press('Tab');
      seen.push(
        await page.evaluate<string>(
          `document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent`,
        ),
      );
      const outline = await page.evaluate<string>('getComputedStyle(document.activeElement).outlineStyle');
      if (await page.evaluate<boolean>('document.activeElement !== document.body')) expect(outline).not.toBe('none');
    }
    for (const name of ['Pause (space)', 'Help and keys (?)', '10 min', '1 week']) expect(seen).toContain(name);
  });
});
