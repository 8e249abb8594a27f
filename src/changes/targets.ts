import { FourtupleError } from '../tcp/error.ts';
import { ADDRESS, ROUTE } from './address-target.ts';
import { nameChange, quoteValue } from './change-text.ts';
import type { RecordedChange } from './recorded-change.ts';
import { isSameValue } from './same-value.ts';
import { openSpread, readSpread } from './spread-target.ts';
import { openLine, readLine } from './sysctl-file.ts';
import { openSetting, readSetting } from './sysctl-target.ts';
import type { ChangePlace, OpenTarget } from './target.ts';

interface TargetKind {
  read(place: ChangePlace, setting: string): string | null;
  open(place: ChangePlace, setting: string): OpenTarget;
}

const TARGETS: Readonly<Record<RecordedChange['kind'], TargetKind>> = {
  sysctl: {
    read: ({ handle }, setting) => readSetting(handle, setting),
    open: ({ handle }, setting) => openSetting(handle, setting),
  },
  'sysctl.d': {
    read: ({ root }, setting) => readLine(root, setting),
    open: ({ root }, setting) => openLine(root, setting),
  },
  address: ADDRESS,
  route: ROUTE,
  spread: {
    read: readSpread,
    open: (place, setting) => openSpread(place, setting, false),
  },
  'pinned-spread': {
    read: readSpread,
    open: (place, setting) => openSpread(place, setting, true),
  },
};

/** What a change is about. */
type Target = Pick<RecordedChange, 'kind' | 'setting'>;

/**
 * What is there now, in the form of `normalValue`; null where there is nothing.
 *
 * @throws FourtupleError FT_PRIVILEGE, FT_KERNEL where it cannot be read
 */
export function readTarget(place: ChangePlace, { kind, setting }: Target): string | null {
  return TARGETS[kind].read(place, setting);
}

/**
 * Runs `work` with what some changes are about open to be written, in their order; nothing is run where one cannot be.
 *
 * @throws FourtupleError FT_UNSUPPORTED, FT_PRIVILEGE, FT_KERNEL, and what `work` throws
 */
export function withTargets<T>(
  place: ChangePlace,
  targets: readonly Target[],
  work: (open: readonly OpenTarget[]) => T,
): T {
  const open: OpenTarget[] = [];
  try {
    for (const target of targets) open.push(openTarget(place, target));
    return work(open);
  } finally {
    for (const target of open) target.close();
  }
}

function openTarget(place: ChangePlace, { kind, setting }: Target): OpenTarget {
  return TARGETS[kind].open(place, setting);
}

/**
 * Sets what a change is about, and reads it back.
 *
 * @throws FourtupleError FT_KERNEL where it is not taken, or reads as something else then; FT_PRIVILEGE
 */
export function setTarget(open: OpenTarget, target: Target, value: string | null): void {
  open.write(value);
  const now = open.read();
  if (isSameValue(target.setting, now, value)) return;
  throw new FourtupleError(
    'FT_KERNEL',
    `${nameChange(target)} was set to ${quoteValue(value)} and reads ${quoteValue(now)}`,
  );
}
