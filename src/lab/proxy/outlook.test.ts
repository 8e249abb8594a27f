import { describe, expect, it } from 'vitest';
import { machineLike } from '../../../test/kit/machines.ts';
import { closeFromOtherEnd } from '../../remedies/close-from-other-end.ts';
import { keepConnections } from '../../remedies/keep-connections.ts';
import { moreDestinationAddresses } from '../../remedies/more-destination-addresses.ts';
import { moreDestinationPorts } from '../../remedies/more-destination-ports.ts';
import { moreSourceAddresses } from '../../remedies/more-source-addresses.ts';
import { recycleTimeWait } from '../../remedies/recycle-time-wait.ts';
import type { Remedy } from '../../remedies/remedy.ts';
import { tcpTwReuse } from '../../remedies/tcp-tw-reuse.ts';
import { widerRange } from '../../remedies/wider-range.ts';
import { laneModel, type Offer, type Outlook, offerFor, outlookOf } from './outlook.ts';

const BACKENDS = 2;

function outlook(ports: number, remedy: Remedy | null = null): Outlook & { readonly offer: Offer } {
  const machine = machineLike({ range: { low: 40_000, high: 40_000 + ports - 1 }, listening: [8_080] });
  const offer = offerFor(laneModel(machine, BACKENDS, null));
  return { ...outlookOf(laneModel(machine, BACKENDS, remedy), offer), offer };
}

describe('the proxy as it is', () => {
  it.each([20, 100, 1_000])('serves as many requests as it has slots and no more, with %i ports', (ports) => {
    const { slots, refused, firstRefusalSeconds, offer } = outlook(ports);
    expect(slots).toBe(2 * ports);
    expect(offer.count).toBe(2.6 * ports);
    expect(refused).toBe(0.6 * ports);
    expect(firstRefusalSeconds).toBeCloseTo((2 * ports) / offer.perSecond, 1);
  });

  it('has but a thousand free slots in each lane of a wide range', () => {
    const { slots, freeSlots, refused, offer } = outlook(20_000);
    expect(offer).toMatchObject({ count: 2_600, heldPerLane: 19_000, heldLanes: 2 });
    expect({ slots, freeSlots, refused }).toEqual({ slots: 40_000, freeSlots: 2_000, refused: 600 });
  });
});

describe.each([20, 1_000, 20_000])('with %i ports', (ports) => {
  it.each([
    moreDestinationAddresses,
    moreDestinationPorts,
    moreSourceAddresses,
    widerRange,
    tcpTwReuse,
    recycleTimeWait,
    closeFromOtherEnd,
    keepConnections,
  ])('every request is served with $id', (remedy) => {
    expect(outlook(ports, remedy).refused).toBe(0);
  });
});

it('is told apart from what goes on: twice the lanes sustain twice as much', () => {
  const [before, after] = [outlook(1_000), outlook(1_000, moreSourceAddresses)];
  expect(before.sustainableOpensPerSecond).toBeCloseTo(2_000 / 61.044, 3);
  expect(after.sustainableOpensPerSecond).toBeCloseTo(4_000 / 61.044, 3);
  expect(after.sustainableOpensPerSecond).toBeLessThan(after.offer.perSecond);
});
