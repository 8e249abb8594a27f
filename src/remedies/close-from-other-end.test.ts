import { describe, expect, it } from 'vitest';
import { laneFactsLike, machineLike, situationLike } from '../../test/kit/machines.ts';
import { closeFromOtherEnd } from './close-from-other-end.ts';

describe('close-from-other-end', () => {
  it('frees a slot when its connection ends', () => {
    const { model } = laneFactsLike();
    expect(closeFromOtherEnd.predict(model, machineLike())).toEqual({ ...model, afterCloseSeconds: 0 });
  });

  it('has nothing to say to nginx, which leaves to chance who closes first', () => {
    const by = (name: string) =>
      closeFromOtherEnd
        .byHand(situationLike({ lane: laneFactsLike({ program: { name, version: null } }) }))
        .map(({ where }) => where);
    expect(by('nginx')).toEqual([]);
    expect(by('haproxy')).toEqual(['haproxy']);
    expect(by('app')).toEqual(['haproxy', 'node', 'c']);
  });
});
