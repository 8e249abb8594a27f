import { existsSync } from 'node:fs';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { CHROMIUM, launchBrowser } from './browser.ts';
import { FakeAgent } from './fake-agent.ts';

/** A dashboard that is open in a browser, and the fake agent that it reads. */
export interface OpenDashboard {
  readonly page: Page;
  /** Addresses that it asked for. */
  readonly requests: readonly string[];
}

export interface OpenOptions extends BrowserContextOptions {
  /** What its address has after the `#`. */
  readonly hash?: string;
  /** Whether the browser is to tell of answers that failed: it tells them as errors of the page. */
  readonly mayFail?: boolean;
}

export interface DashboardKit {
  readonly agent: FakeAgent;
  /** The test fails where the page then tells an error, or is refused something by its content security policy. */
  open(options?: OpenOptions): Promise<OpenDashboard>;
}

/** One browser for the tests of a file, and a fresh agent for each of them. */
export function useDashboard(): DashboardKit {
  let browser: Browser;
  let agent: FakeAgent;
  let problems: string[] = [];
  beforeAll(async () => {
    // Where there is none, each test is skipped (needs.ts).
    if (existsSync(CHROMIUM)) browser = await launchBrowser();
  }, 60_000);
  afterAll(() => browser?.close());
  beforeEach(async () => {
    problems = [];
    agent = await FakeAgent.start();
  });
  afterEach(async () => {
    await Promise.all((browser?.contexts() ?? []).map((context) => context.close()));
    await agent?.stop();
    expect(problems).toEqual([]);
  });
  return {
    get agent() {
      return agent;
    },
    async open({ hash = '', mayFail = false, ...options } = {}) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
      const page = await context.newPage();
      const requests: string[] = [];
      page.on('request', (request) => requests.push(request.url()));
      page.on('pageerror', (error) => problems.push(error.message));
      page.on('console', (message) => {
        const isFailedAnswer = message.text().startsWith('Failed to load resource');
        if (message.type() === 'error' && !(mayFail && isFailedAnswer)) problems.push(message.text());
      });
      await page.goto(agent.url + (hash === '' ? '' : `#${hash}`));
      return { page, requests };
    },
  };
}
