import { describe, expect, it } from 'vitest';
import { laneFactsLike, machineLike, situationLike } from '../../test/kit/machines.ts';
import type { NetworkQuality } from '../tcp/network-quality.ts';
import { tcpTwReuse } from './tcp-tw-reuse.ts';

const { model } = laneFactsLike();
const good = situationLike().network as NetworkQuality;

describe('tcp-tw-reuse', () => {
  it('frees a slot after the delay of the machine, after a second on older kernels', () => {
    const heldAfter = (tcpTwReuseDelaySeconds: number | null) =>
      tcpTwReuse.predict(model, machineLike({ tcpTwReuseDelaySeconds })).afterCloseSeconds;
    expect(heldAfter(1)).toBe(1);
    expect(heldAfter(0.2)).toBe(0.2);
    expect(heldAfter(null)).toBe(1);
  });

  it.each([0, 0.5])('gives nothing where a slot is held for %d s after its close', (afterCloseSeconds) => {
    const brief = { ...model, afterCloseSeconds };
    expect(tcpTwReuse.predict(brief, machineLike())).toEqual(brief);
  });

  it.each([0, 2, null])('sets 1 where the setting is %j', (value) => {
    const machine = machineLike({ tcpTwReuse: value });
    expect(tcpTwReuse.missing(machine)).toEqual([]);
    expect(tcpTwReuse.changes?.(machine)).toEqual([{ kind: 'sysctl', setting: 'tcp_tw_reuse', value: '1' }]);
    expect(tcpTwReuse.byHand(situationLike({ machine }))[0]?.text).toBe('sysctl -w net.ipv4.tcp_tw_reuse=1');
  });

  it('has nothing to do where it is 1', () => {
    const machine = machineLike({ tcpTwReuse: 1 });
    expect(tcpTwReuse.missing(machine)).toEqual([{ kind: 'setting', text: 'tcp_tw_reuse is already 1' }]);
    expect(tcpTwReuse.byHand(situationLike({ machine }))).toEqual([]);
  });

  it('turns timestamps on first where they are off, for without them it reuses nothing', () => {
    const machine = machineLike({ tcpTwReuse: 1, tcpTimestamps: 0 });
    expect(tcpTwReuse.missing(machine)).toEqual([]);
    expect(tcpTwReuse.changes?.(machine)).toEqual([{ kind: 'sysctl', setting: 'tcp_timestamps', value: '1' }]);
    const both = { ...machine, tcpTwReuse: 2 };
    expect(tcpTwReuse.changes?.(both).map(({ setting }) => setting)).toEqual(['tcp_timestamps', 'tcp_tw_reuse']);
    const { safe, reason } = tcpTwReuse.safety(
      situationLike({ machine: both, network: { ...good, timestampsShare: 0 } }),
    );
    expect(safe).toBeNull();
    expect(reason).toContain('tcp_timestamps is off here');
  });

  it('is safe on a good network, and on loopback whatever is known of it', () => {
    expect(tcpTwReuse.safety(situationLike())).toMatchObject({ safe: true });
    const lane = laneFactsLike({ isLocal: true });
    expect(tcpTwReuse.safety(situationLike({ lane, network: null }))).toMatchObject({ safe: true });
    expect(tcpTwReuse.safety(situationLike({ network: null }))).toMatchObject({ safe: null });
  });

  it('is called useless where the other end has no timestamps, or the sockets are bound before they connect', () => {
    const withoutTimestamps = situationLike({ network: { ...good, timestampsShare: 0 } });
    const pooled = situationLike({ lane: laneFactsLike({ pool: 'source' }) });
    for (const situation of [withoutTimestamps, pooled]) {
      expect(tcpTwReuse.safety(situation)).toMatchObject({ safe: false, reason: expect.stringMatching(/^useless/) });
    }
  });

  it('says that it applies already where it does', () => {
    const lane = laneFactsLike({ reuse: true, isLocal: true });
    expect(tcpTwReuse.safety(situationLike({ lane })).reason).toContain('already');
  });
});
