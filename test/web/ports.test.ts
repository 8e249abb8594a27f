import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { PortKind } from '../../src/agent/port-map.ts';
import { useDashboard } from '../kit/dashboard.ts';
import { hostSample, laneSample } from '../kit/lane-samples.ts';
import { needsPrograms } from '../kit/needs.ts';

needsPrograms('chromium');
const kit = useDashboard();

const LOW = 32_768;

/** A map in which a few ports are of each kind. */
function syntheticMap(): Uint8Array {
  const map = new Uint8Array(65_536);
  map.fill(PortKind.free, LOW, 61_000);
  map[LOW + 1] = PortKind.reserved;
  map[LOW + 3] = PortKind.blocked;
  map.fill(PortKind.live, LOW + 300, LOW + 310);
  map.fill(PortKind.finWait2, LOW + 400, LOW + 402);
  map[LOW + 500] = PortKind.timeWait;
  for (let left = 0; left <= 60; left += 1) map[LOW + 600 + left] = PortKind.timeWaitLeft + left;
  return map;
}

async function openMap(options: Parameters<typeof kit.open>[0] = {}): Promise<Page> {
  kit.agent.sample = hostSample([laneSample(['10.0.0.5', '10.0.1.9', 8080], { ESTABLISHED: 10 }, { cliffAt: 14_082 })]);
  const ports = Buffer.from(syntheticMap()).toString('base64');
  kit.agent.ports = (lane) => ({ schema: 1, takenAt: '2026-11-20T12:00:00.000Z', lane, ports });
  const { page } = await kit.open({ mayFail: true, ...options });
  await page.locator('.port-picture canvas').waitFor();
  await page.waitForFunction(`${pixelOf(LOW + 300)}[3] === 255`);
  return page;
}

const CANVAS = `document.querySelector('.port-picture canvas').getContext('2d')`;
const pixelOf = (port: number): string => `${CANVAS}.getImageData(${port % 256}, ${Math.floor(port / 256)}, 1, 1).data`;

async function colorOf(page: Page, port: number): Promise<string> {
  return page.evaluate<string>(`'rgb(' + [...${pixelOf(port)}].slice(0, 3).join(', ') + ')'`);
}

async function swatch(page: Page, kind: string): Promise<string> {
  return page.evaluate<string>(
    `getComputedStyle(document.querySelector('.port-legend .port-${kind}')).backgroundColor`,
  );
}

describe('the map of the ports', () => {
  it.each(['light', 'dark'] as const)('paints each port in the colour of what holds it: %s', async (colorScheme) => {
    const page = await openMap({ colorScheme });
    const examples: [number, string][] = [
      [0, 'outside'],
      [LOW - 1, 'outside'],
      [65_535, 'outside'],
      [LOW + 1, 'reserved'],
      [LOW + 3, 'blocked'],
      [LOW, 'free'],
      [60_999, 'free'],
      [LOW + 300, 'live'],
      [LOW + 309, 'live'],
      [LOW + 310, 'free'],
      [LOW + 401, 'finWait2'],
      [LOW + 660, 'timeWait'],
    ];
    for (const [port, kind] of examples) {
      expect(`${port} ${await colorOf(page, port)}`).toBe(`${port} ${await swatch(page, kind)}`);
    }
    expect(new Set(await Promise.all(examples.map(([, kind]) => swatch(page, kind)))).size).toBe(7);
  });

  it('fades TIME_WAIT with its age, towards the colour of a free port', async () => {
    const page = await openMap();
    const distances = await page.evaluate<number[]>(`(() => {
      const free = ${pixelOf(LOW)};
      const row = (left) => ${CANVAS}.getImageData((${LOW} + 600 + left) % 256, Math.floor((${LOW} + 600 + left) / 256), 1, 1).data;
      const far = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
      return Array.from({ length: 61 }, (_, left) => far(row(left), free));
    })()`);
    expect(distances).toEqual([...distances].sort((a, b) => a - b));
    expect(distances[0]).toBeGreaterThan(20);
    expect(distances[60]).toBeGreaterThan(3 * (distances[0] as number));
  });

  it('counts what it shows, for those who do not see it too', async () => {
    const page = await openMap();
    const counts = await page.locator('.port-legend').textContent();
    for (const text of ['live10', 'TIME_WAIT62', 'closed here2', 'blocked1', 'reserved1', 'range37,304']) {
      expect(counts).toContain(text);
    }
    const label = await page.getByRole('img', { name: 'Map of all ports' }).getAttribute('aria-label');
    expect(label).toContain('10 live, 62 TIME_WAIT, 2 FIN_WAIT2');
    expect(await page.locator('.ports').textContent()).toContain('connect() tries the even ports first');
  });

  it('says what holds a port that the pointer or the arrow keys point at', async () => {
    const page = await openMap();
    const told = page.locator('.port-pointed');
    const canvas = page.locator('.port-picture canvas');
    await canvas.focus();
    await page.keyboard.press('ArrowRight');
    expect(await told.textContent()).toBe(`Port ${LOW + 1}: reserved (ip_local_reserved_ports)`);
    for (let press = 0; press < 2; press += 1) await page.keyboard.press('ArrowRight');
    expect(await told.textContent()).toContain(`Port ${LOW + 3}: blocked`);
    await page.keyboard.press('ArrowDown');
    expect(await told.textContent()).toBe(`Port ${LOW + 259}: free · tried in the second pass`);
    const port = LOW + 630;
    const box = { x: 2 * (port % 256) + 1, y: 2 * Math.floor(port / 256) + 1 };
    await canvas.hover({ position: box });
    expect(await told.textContent()).toBe(`Port ${port}: in TIME_WAIT, free again in 30 s · tried in the first pass`);
  });

  it('shows the message of an agent that has no map', async () => {
    kit.agent.sample = hostSample([laneSample(['10.0.0.5', '10.0.1.9', 8080], { ESTABLISHED: 10 })]);
    const { page } = await kit.open({ mayFail: true });
    await page.locator('.ports', { hasText: 'Nothing is known of it.' }).waitFor();
  });
});
