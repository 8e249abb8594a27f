import { afterEach, describe, expect, it, vi } from 'vitest';
import { print } from './output.ts';

afterEach(() => vi.restoreAllMocks());

describe('printing', () => {
  it('goes on at once where the text was taken', async () => {
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    await print('text');
    expect(write.mock.calls).toEqual([['text']]);
  });

  it('waits until there is room again where it was not', async () => {
    vi.spyOn(process.stdout, 'write').mockReturnValue(false);
    let printed = false;
    const printing = print('text').then(() => {
      printed = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(printed).toBe(false);
    process.stdout.emit('drain');
    await printing;
    expect(printed).toBe(true);
  });
});
