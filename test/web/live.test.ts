import { describe, expect, it } from 'vitest';
import { useDashboard } from '../kit/dashboard.ts';
import { FakeAgent } from '../kit/fake-agent.ts';
import { hostSample, laneSample } from '../kit/lane-samples.ts';
import { needsPrograms } from '../kit/needs.ts';
import { processReport } from '../kit/reports.ts';

needsPrograms('chromium');
const kit = useDashboard();

const backend = (used: number, more: Parameters<typeof laneSample>[2] = {}) =>
  laneSample(
    ['10.0.0.5', '10.0.1.9', 8080],
    { ESTABLISHED: 100, TIME_WAIT: used - 100 },
    { ...{ processes: [processReport(811, 'haproxy', 100)], opensPerSecond: 447, cliffAt: 14_082 }, ...more },
  );
const redis = (used: number) => laneSample(['10.0.0.5', '10.0.2.4', 6379], { ESTABLISHED: used }, { settlesAt: 0.05 });
const at = (second: number) => ({ takenAt: new Date(Date.UTC(2026, 10, 20, 12, 0, second)).toISOString() });
const names = '.lane .lane-to';

describe('the dashboard', () => {
  it('shows the machine and its lanes, the fullest first, and asks nobody but its agent', async () => {
    kit.agent.sample = hostSample([redis(1_500), backend(20_000, { secondsToExhaustion: 16, secondsToCliff: 0 })]);
    kit.agent.findings = { takenAt: kit.agent.sample.takenAt, findings: [] };
    const { page, requests } = await kit.open({ mayFail: true });
    await page.getByRole('heading', { name: 'proxy.core' }).waitFor();
    expect(await page.locator(names).allTextContents()).toEqual(['10.0.1.9:8080', '10.0.2.4:6379']);
    const fullest = page.getByRole('option').first();
    for (const text of ['71.0%', '20,000 / 28,165', '447 opens/s', 'haproxy', 'full in 16 s']) {
      expect(await fullest.textContent()).toContain(text);
    }
    expect(await page.getByRole('option').nth(1).textContent()).toContain('stays at 5%');
    expect(await page.locator('.verdict').textContent()).toContain('10.0.0.5 → 10.0.1.9:8080 is 71.0% full');
    expect(await page.title()).toBe('● proxy.core · fourtuple');
    await page.getByText('Nothing is known of it.').waitFor();
    expect(requests.length).toBeGreaterThan(3);
    expect(requests.filter((url) => !url.startsWith(kit.agent.url) && !url.startsWith('data:'))).toEqual([]);
  });

  it('shows what is unknown as unknown, and never as zero', async () => {
    const unknown = { reclaimable: null, opensPerSecond: null, free: null, utilization: null };
    kit.agent.sample = hostSample([laneSample(['10.0.0.5', '10.0.1.9', 8080], { TIME_WAIT: 14_000 }, unknown)]);
    const { page } = await kit.open({ mayFail: true });
    const row = page.getByRole('option').first();
    await row.waitFor();
    expect(await row.textContent()).toContain('opens/s unknown');
    expect(await row.textContent()).toContain('forecast unknown');
    expect(await row.textContent()).toContain('≤ 49.7%');
    for (const term of ['Reclaimable', 'Free', 'Opens/s', 'Lives for', 'Refused']) {
      const figure = page.locator('.figure', { has: page.getByText(term, { exact: true }) });
      expect(await figure.locator('dd').textContent()).toBe('unknown');
    }
  });

  it('follows each sample, and lets no lane jump away from under who points at it', async () => {
    kit.agent.sample = hostSample([backend(9_000), redis(1_500)], at(0));
    const { page } = await kit.open({ mayFail: true });
    await page.getByRole('option').first().hover();
    kit.agent.send(hostSample([backend(9_500), redis(20_000)], at(1)));
    await page.getByText('9,500 / 28,165').waitFor();
    expect(await page.locator(names).allTextContents()).toEqual(['10.0.1.9:8080', '10.0.2.4:6379']);
    await page.getByText('20,000 / 28,165').waitFor();
  });

  it('stops for the space bar, and goes on with it', async () => {
    kit.agent.sample = hostSample([backend(9_000)], at(0));
    const { page } = await kit.open({ mayFail: true });
    await page.getByText('9,000 / 28,165').waitFor();
    await page.keyboard.press('Space');
    await page.locator('.pulse', { hasText: 'paused' }).waitFor();
    kit.agent.send(hostSample([backend(9_700)], at(1)));
    await page.getByText('paused, 1 s behind').waitFor();
    expect(await page.getByText('9,000 / 28,165').count()).toBe(1);
    await page.keyboard.press('Space');
    await page.getByText('9,700 / 28,165').waitFor();
  });

  it('says that it is disconnected, keeps the last sample, and comes back by itself', async () => {
    kit.agent.sample = hostSample([backend(9_000)], at(0));
    const { page } = await kit.open({ mayFail: true });
    await page.locator('.pulse', { hasText: 'live' }).waitFor();
    const { port } = kit.agent;
    await kit.agent.stop();
    await page.locator('.pulse', { hasText: 'disconnected' }).waitFor();
    await page.getByText('What is shown is the last that came.').waitFor();
    expect(await page.getByText('9,000 / 28,165').count()).toBe(1);
    const again = await FakeAgent.start(port);
    try {
      again.sample = hostSample([backend(9_900)], at(9));
      await page.getByText('9,900 / 28,165').waitFor();
      await page.locator('.pulse', { hasText: 'live' }).waitFor();
      expect(await page.locator('.banner-lost').count()).toBe(0);
    } finally {
      await again.stop();
    }
  });

  it('waits for the first sample, and says so', async () => {
    const { page } = await kit.open({ mayFail: true });
    await page.getByText('Waiting for the first sample').waitFor();
    kit.agent.send(hostSample([]));
    await page.getByText('A lane appears as soon as a program connects').waitFor();
  });

  it('asks for the token that the agent asks for, and shows the machine with it', async () => {
    kit.agent.token = 'between us';
    kit.agent.sample = hostSample([backend(9_000)]);
    const { page } = await kit.open({ mayFail: true });
    await page.getByText('This agent answers only who shows its token.').waitFor();
    await page.locator('.pulse', { hasText: 'not permitted' }).waitFor();
    await page.getByLabel('The token that the agent was started with').fill('between us');
    await page.keyboard.press('Enter');
    await page.getByText('9,000 / 28,165').waitFor();
    expect(page.url()).not.toContain('between');
  });

  it('says why an agent answers nobody by that name, in the words of the agent', async () => {
    kit.agent.refusal = { status: 421, message: 'No such host here.', hint: 'Add it to hostNames.' };
    const { page } = await kit.open({ mayFail: true });
    await page.getByText('No such host here.').waitFor();
    await page.getByText('Add it to hostNames.').waitFor();
  });
});
