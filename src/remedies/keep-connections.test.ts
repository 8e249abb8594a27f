import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { laneFactsLike, machineLike, situationLike } from '../../test/kit/machines.ts';
import { modelMeanUsed, modelSustainableOpensPerSecond } from '../tcp/lane-model.ts';
import { keepConnections } from './keep-connections.ts';
import type { LaneFacts } from './remedy.ts';

const by = (name: string, version: string | null = null, more: Partial<LaneFacts> = {}) =>
  keepConnections.byHand(situationLike({ lane: laneFactsLike({ program: { name, version }, ...more }) }));

describe('keep-connections', () => {
  it('holds a slot for as long as a request runs, and not afterwards', () => {
    const { model } = laneFactsLike();
    const kept = keepConnections.predict(model, machineLike());
    expect(kept).toEqual({ ...model, afterCloseSeconds: 0 });
    expect(modelMeanUsed(kept, modelSustainableOpensPerSecond(kept))).toBeCloseTo(28_232);
  });

  it('says all that nginx needs before 1.29.7, and for a version that is not known', () => {
    for (const version of ['1.22.1', '1.29.6', null]) {
      const [{ text } = { text: '' }] = by('nginx', version);
      for (const line of ['keepalive 64;', 'proxy_http_version 1.1;', 'proxy_set_header Connection "";']) {
        expect(text).toContain(line);
      }
    }
  });

  it('says only what nginx does not do by itself from 1.29.7 on', () => {
    const [{ text } = { text: '' }] = by('nginx', '1.29.7');
    expect(text).toContain('upstream kept {\n    server 10.0.1.9:8080;\n    keepalive 64;\n}');
    expect(text).not.toContain('proxy_http_version');
    expect(text).not.toContain('Connection');
  });

  it('takes a version for nginx’s only where nginx opens the connections', () => {
    const texts = by('curl', '8.5.0').map(({ text }) => text);
    expect(texts[0]).toContain('proxy_http_version 1.1;');
    expect(texts).toHaveLength(4);
  });

  it.each([
    ['redis-benchmark', 'redis-benchmark -k 1 -h 10.0.1.9 -p 8080'],
    ['ab', 'ab -k -n REQUESTS -c CLIENTS http://10.0.1.9:8080/PATH'],
    ['wrk', 'wrk http://10.0.1.9:8080/PATH'],
  ])('gives a command to who runs %s', (name, text) => {
    expect(by(name)).toMatchObject([{ where: 'shell', text }]);
  });

  it('keeps as many idle as run at once, with reserve, and never more than a quarter of the slots', () => {
    fc.assert(
      fc.property(fc.nat(60_000), fc.integer({ min: 4, max: 64_511 }), (live, slots) => {
        const [{ text } = { text: '' }] = by('nginx', null, { live, slots });
        const idle = Number(/keepalive (\d+);/.exec(text)?.[1]);
        expect(idle).toBeLessThanOrEqual(slots / 4);
        expect(idle).toBeGreaterThanOrEqual(Math.min(2 * live, Math.floor(slots / 4)));
      }),
    );
  });
});
