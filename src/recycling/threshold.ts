import { FourtupleError } from '../tcp/error.ts';
import { MAX_PORT } from '../tcp/port-range.ts';

/** Above which use of a lane its TIME_WAIT slots are released: so many slots, a share of them, or just below the cliff. */
export type Threshold =
  | { readonly kind: 'cliff' }
  | { readonly kind: 'slots'; readonly slots: number }
  /** 0 to 1. */
  | { readonly kind: 'share'; readonly share: number };

/**
 * Reads a threshold as people write it: `14000` slots, `50%` of them, `cliff`.
 *
 * @throws FourtupleError FT_ARGUMENT
 */
export function parseThreshold(text: string): Threshold {
  const written = text.trim();
  if (written === 'cliff') return { kind: 'cliff' };
  const share = /^(\d{1,3}(?:\.\d+)?)%$/.exec(written);
  if (share !== null && Number(share[1]) <= 100) return { kind: 'share', share: Number(share[1]) / 100 };
  if (/^\d{1,5}$/.test(written) && Number(written) <= MAX_PORT) return { kind: 'slots', slots: Number(written) };
  throw new FourtupleError('FT_ARGUMENT', `'${text}' is not a threshold`, {
    hint: `Write used slots from 0 to ${MAX_PORT} (14000), a share of the lane's slots (50%), or cliff for just below it.`,
  });
}

/** What a threshold is measured by. */
export interface LaneRoom {
  readonly slots: number;
  /** Usable ports that connect() tries first; null where the lane has no cliff. */
  readonly firstPassPorts: number | null;
  /** Slots held beside those ports by sockets that are not in TIME_WAIT: they take nothing from the first pass. */
  readonly beside: number;
}

/**
 * A threshold in used slots of a lane. With no more than `cliff` of them used, connect() finds a port in its first pass,
 * whichever slots they are; where the lane has no cliff, it is half of the slots.
 */
export function thresholdSlots(threshold: Threshold, { slots, firstPassPorts, beside }: LaneRoom): number {
  if (threshold.kind === 'slots') return threshold.slots;
  if (threshold.kind === 'share') return Math.floor(threshold.share * slots);
  if (firstPassPorts === null) return Math.floor(slots / 2);
  return Math.max(0, Math.min(slots, firstPassPorts + beside) - 1);
}
