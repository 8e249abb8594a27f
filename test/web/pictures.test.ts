import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fillingProxy } from '../kit/dashboard-scenes.ts';
import { FakeAgent } from '../kit/fake-agent.ts';
import { needsPrograms } from '../kit/needs.ts';
import { takePicture } from '../kit/take-picture.ts';

needsPrograms('chromium');

let folder: string;
let agent: FakeAgent;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fourtuple-pictures-'));
  agent = await FakeAgent.start();
});
afterEach(async () => {
  await agent.stop();
  rmSync(folder, { recursive: true });
});

/** Where a PNG has its width and height, in pixels (PNG specification, IHDR). */
const WIDTH_AT = 16;
const HEIGHT_AT = 20;

it('takes a picture of a dashboard, of a window or of all of it', async () => {
  const machine = fillingProxy(90);
  agent.history = machine;
  machine.showOn(agent);
  const file = join(folder, 'picture.png');
  await takePicture(agent.url, file, { width: 800, height: 600, theme: 'dark' });
  const window = readFileSync(file);
  expect([window.readUInt32BE(WIDTH_AT), window.readUInt32BE(HEIGHT_AT)]).toEqual([800, 600]);
  await takePicture(agent.url, file, { width: 390, theme: 'light' });
  const all = readFileSync(file);
  expect(all.readUInt32BE(WIDTH_AT)).toBe(390);
  expect(all.readUInt32BE(HEIGHT_AT)).toBeGreaterThan(2_000);
});
