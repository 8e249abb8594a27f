import { computed, signal } from '@preact/signals';
import type { JSX } from 'preact';
import { type NamespaceView, scene } from '../state/scene.ts';
import { chosenLane, chosenNamespace } from '../state/selection.ts';
import { formatRoughShare, plural } from '../words/numbers.ts';
import { fullness } from '../words/outlook.ts';
import { Icon } from './icons.tsx';

export const isPickerOpen = signal(false);
const wanted = signal('');
const pointedAt = signal(0);

/** More than a person scrolls through: the others are found by their name. */
const MOST_SHOWN = 60;

interface Choice {
  /** null for all. */
  readonly label: string | null;
  readonly view: NamespaceView | null;
  readonly full: number | null;
}

const allChoices = computed<readonly Choice[]>(() => {
  if (!isPickerOpen.value) return [];
  const each = (scene.value?.namespaces ?? []).map(
    (view): Choice => ({ label: view.label, view, full: fullest(view) }),
  );
  return each.sort((a, b) => (b.full ?? -1) - (a.full ?? -1));
});

const matching = computed<readonly Choice[]>(() => {
  const text = wanted.value.trim().toLowerCase();
  const all: Choice = { label: null, view: null, full: null };
  if (text === '') return [all, ...allChoices.value];
  return allChoices.value.filter(({ label, view }) =>
    `${label} ${view?.report.holder?.name ?? ''}`.toLowerCase().includes(text),
  );
});

export function NamespacePicker(): JSX.Element | null {
  const namespaces = scene.value?.namespaces ?? [];
  const chosen = chosenNamespace.value;
  if (namespaces.length <= 1 && chosen === null) {
    const [only] = namespaces;
    return only === undefined ? null : <span class="namespace-only">namespace {only.label}</span>;
  }
  return (
    <div class="picker" onFocusOut={closeOnLeaving}>
      <button
        type="button"
        class="picker-button"
        aria-haspopup="listbox"
        aria-expanded={isPickerOpen.value}
        onClick={() => (isPickerOpen.value ? close() : openPicker())}
      >
        <span class="picker-chosen">{chosen ?? `all ${namespaces.length} namespaces`}</span>
        <span aria-hidden="true">▾</span>
      </button>
      {isPickerOpen.value && <Choices />}
    </div>
  );
}

export function openPicker(): void {
  wanted.value = '';
  pointedAt.value = 0;
  isPickerOpen.value = true;
}

function Choices(): JSX.Element {
  const found = matching.value;
  const shown = found.slice(0, MOST_SHOWN);
  const at = Math.min(pointedAt.value, shown.length - 1);
  const omitted = found.length - shown.length;
  return (
    <div class="picker-popup">
      <div class="search">
        <Icon name="search" />
        <input
          type="text"
          role="combobox"
          aria-label="Find a namespace"
          aria-expanded="true"
          aria-controls="namespaces"
          aria-activedescendant={at < 0 ? undefined : `namespace-${at}`}
          placeholder="Find a namespace"
          autocomplete="off"
          spellcheck={false}
          ref={(input) => input?.focus()}
          value={wanted.value}
          onInput={({ currentTarget }) => {
            wanted.value = currentTarget.value;
            pointedAt.value = 0;
          }}
          onKeyDown={(event) => onKey(event, shown, at)}
        />
      </div>
      <div id="namespaces" role="listbox" aria-label="Namespaces" class="picker-list">
        {shown.map((choice, index) => (
          <ChoiceRow key={choice.label ?? ''} choice={choice} index={index} isPointedAt={index === at} />
        ))}
        {found.length === 0 && <p class="quiet">No namespace has that in its name.</p>}
        {omitted > 0 && <p class="quiet">and {omitted} more: type a part of its name</p>}
      </div>
    </div>
  );
}

function ChoiceRow({
  choice,
  index,
  isPointedAt,
}: {
  choice: Choice;
  index: number;
  isPointedAt: boolean;
}): JSX.Element {
  const { label, view, full } = choice;
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the search field, which points at an option
    // biome-ignore lint/a11y/useKeyWithClickEvents: the search field has the keys
    <div
      id={`namespace-${index}`}
      role="option"
      aria-selected={label === chosenNamespace.value}
      class={`picker-row${isPointedAt ? ' is-pointed-at' : ''}`}
      onPointerDown={(event) => event.preventDefault()}
      onClick={() => choose(label)}
      ref={isPointedAt ? (row) => row?.scrollIntoView({ block: 'nearest' }) : null}
    >
      <span class="picker-name">{label ?? 'all namespaces'}</span>
      {view !== null && (
        <>
          <span class="quiet">{plural(view.report.totals.lanes, 'lane')}</span>
          <span class="picker-meter" aria-hidden="true">
            <span style={{ width: `${100 * (full ?? 0)}%` }} />
          </span>
          <span class="picker-full">{full === null ? 'empty' : formatRoughShare(full)}</span>
        </>
      )}
    </div>
  );
}

function onKey(event: KeyboardEvent, shown: readonly Choice[], at: number): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  if (step !== 0) pointedAt.value = Math.max(0, Math.min(shown.length - 1, at + step));
  else if (event.key === 'Enter' && shown[at] !== undefined) choose(shown[at].label);
  else if (event.key === 'Escape') close();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function choose(label: string | null): void {
  chosenNamespace.value = label;
  if (label !== null && chosenLane.value?.namespace !== label) chosenLane.value = null;
  close();
}

function close(): void {
  const hadFocus = document.activeElement?.closest('.picker') != null;
  isPickerOpen.value = false;
  if (hadFocus) document.querySelector<HTMLElement>('.picker-button')?.focus();
}

function closeOnLeaving(event: FocusEvent & { currentTarget: HTMLElement }): void {
  const { relatedTarget, currentTarget } = event;
  if (!(relatedTarget instanceof Node) || !currentTarget.contains(relatedTarget)) isPickerOpen.value = false;
}

/** How full its fullest lane is; null where it has none. */
function fullest({ lanes }: NamespaceView): number | null {
  return lanes.length === 0 ? null : Math.max(...lanes.map(({ lane }) => fullness(lane)));
}
