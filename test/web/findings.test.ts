import { describe, expect, it } from 'vitest';
import { useDashboard } from '../kit/dashboard.ts';
import { fillingProxy } from '../kit/dashboard-scenes.ts';
import { needsPrograms } from '../kit/needs.ts';

needsPrograms('chromium');
const kit = useDashboard();
const machine = fillingProxy(100);

describe('the findings', () => {
  it('tell why, with evidence, what helps with its gain and risk, and what does not', async () => {
    kit.agent.history = machine;
    machine.showOn(kit.agent);
    const { page } = await kit.open();
    const [first] = machine.findings.findings;
    const card = page.locator('.finding').first();
    await card.waitFor();
    const text = (await card.textContent()) ?? '';
    expect(text).toContain(first?.summary);
    expect(text).toContain(first?.explanation);
    for (const remedy of first?.remedies.slice(0, 3) ?? []) expect(text).toContain(remedy.title);
    expect(text).toContain('safe here');
    expect(text).toContain('opens per second655');
    await page.getByText('What does not help, though it is often advised').click();
    await page.getByText(first?.unhelpful[0]?.why ?? '').waitFor();
    await page.getByRole('button', { name: /^Show \d+ more remedies$/ }).click();
    expect(await card.locator('.remedy').count()).toBe(first?.remedies.length);
  });

  it('copy a command, and say so', async () => {
    kit.agent.history = machine;
    machine.showOn(kit.agent);
    const { page } = await kit.open({ permissions: ['clipboard-read', 'clipboard-write'] });
    const fix = machine.findings.findings[0]?.remedies[0]?.fix;
    const line = page.locator('.copy-line').first();
    await line.getByRole('button', { name: /^Copy/ }).click();
    await line.getByText('Copied').waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(fix);
  });

  it('copy where the page has no clipboard, as over plain HTTP', async () => {
    kit.agent.history = machine;
    machine.showOn(kit.agent);
    const { page } = await kit.open({ permissions: ['clipboard-read', 'clipboard-write'] });
    await page.evaluate(`Object.defineProperty(navigator, 'clipboard', { value: undefined })`);
    const line = page.locator('.copy-line').first();
    await line.getByRole('button', { name: /^Copy/ }).click();
    await line.getByText('Copied').waitFor();
    await page.evaluate(`delete navigator.clipboard`);
  });

  it('stay open or shut as a person left them while others come', async () => {
    kit.agent.history = machine;
    machine.showOn(kit.agent);
    const { page } = await kit.open();
    const leak = page.locator('.finding', { hasText: 'CLOSE_WAIT' }).getByRole('button', { name: /CLOSE_WAIT/ });
    await leak.click();
    expect(await leak.getAttribute('aria-expanded')).toBe('true');
    const { takenAt, findings } = machine.findings;
    const [first, ...others] = findings;
    kit.agent.sendFindings({ takenAt, findings: [...others, ...(first === undefined ? [] : [first])] });
    await page
      .locator('.finding')
      .first()
      .filter({ hasNotText: first?.summary ?? '' })
      .waitFor();
    expect(await leak.getAttribute('aria-expanded')).toBe('true');
  });

  it('are one calm sentence where nothing is wrong', async () => {
    kit.agent.history = machine;
    machine.showOn(kit.agent);
    kit.agent.sendFindings({ takenAt: machine.sample.takenAt, findings: [] });
    const { page } = await kit.open();
    await page.locator('.healthy', { hasText: 'Nothing is wrong here' }).waitFor();
    expect(await page.locator('.finding').count()).toBe(0);
  });
});
