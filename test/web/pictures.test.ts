import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FakeAgent } from '../kit/fake-agent.ts';
import { hostSample, laneSample } from '../kit/lane-samples.ts';
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

it.each([
  ['a window of it', { width: 800, height: 600, theme: 'dark' }],
  ['all of it', { width: 390, theme: 'light' }],
] as const)('takes a picture of a dashboard: %s', async (_, options) => {
  agent.sample = hostSample([laneSample(['10.0.0.5', '10.0.1.9', 8080], { ESTABLISHED: 100, TIME_WAIT: 9_000 })]);
  const file = join(folder, 'picture.png');
  await takePicture(agent.url, file, options);
  const picture = readFileSync(file);
  expect(picture.readUInt32BE(WIDTH_AT)).toBe(options.width);
  if ('height' in options) expect(picture.readUInt32BE(HEIGHT_AT)).toBe(options.height);
  else expect(picture.readUInt32BE(HEIGHT_AT)).toBeGreaterThan(1_500);
});
