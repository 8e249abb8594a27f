import { togglePause } from '../state/scene.ts';
import { chosenMoment, chosenRange, RANGES } from '../state/selection.ts';
import { nextTheme } from '../state/theme.ts';
import { goToFindings } from './findings.tsx';
import { isHelpOpen } from './help.tsx';
import { selectNext } from './lane-list.tsx';
import { isPickerOpen, openPicker } from './namespace-picker.tsx';
import { travelBy } from './time-travel.tsx';

/** What each key does, wherever the focus is but in a field. */
const ACTIONS: Readonly<Record<string, () => void>> = {
  j: () => selectNext(1),
  k: () => selectNext(-1),
  '/': () => document.getElementById('lane-search')?.focus(),
  n: openPicker,
  ' ': togglePause,
  '[': () => travelBy(-10_000),
  ']': () => travelBy(10_000),
  '{': () => travelBy(-600_000),
  '}': () => travelBy(600_000),
  f: goToFindings,
  t: nextTheme,
  '?': () => {
    isHelpOpen.value = true;
  },
};

/** @returns ends it */
export function listenToKeys(): () => void {
  addEventListener('keydown', onKey);
  return () => removeEventListener('keydown', onKey);
}

function onKey(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isHelpOpen.value) return;
  if (event.key === 'Escape') {
    leave();
    return;
  }
  const target = event.target;
  if (target instanceof HTMLElement && isTaken(target, event.key)) return;
  const range = RANGES[Number(event.key) - 1];
  const action = range === undefined ? ACTIONS[event.key] : () => (chosenRange.value = range);
  if (action === undefined) return;
  event.preventDefault();
  action();
}

/** Fields take all keys, and what can be pressed takes the space bar. */
function isTaken(target: HTMLElement, key: string): boolean {
  if (target.matches('input:not([type=range]), textarea, select')) return true;
  return key === ' ' && target.matches('button, summary, a, [role=option], input');
}

/** Out of what is innermost. */
function leave(): void {
  if (isPickerOpen.value) isPickerOpen.value = false;
  else if (document.activeElement instanceof HTMLInputElement && document.activeElement.type === 'search') {
    document.activeElement.blur();
  } else chosenMoment.value = null;
}
