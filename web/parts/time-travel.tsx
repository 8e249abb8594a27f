import type { JSX } from 'preact';
import { liveSample } from '../state/connection.ts';
import { historyState, isTravelling, past } from '../state/past.ts';
import { chosenMoment } from '../state/selection.ts';
import { formatInstant } from '../words/instants.ts';
import { formatWait } from '../words/numbers.ts';

/** Milliseconds that a key moves, by itself and with shift. */
const STEP_MS = 1_000;
const LONG_STEP_MS = 60_000;

/** The slider over the history. Nothing where none is kept. */
export function TimeTravel(): JSX.Element | null {
  const known = historyState.value;
  const at = chosenMoment.value;
  if (known.state !== 'kept' && at === null) return null;
  const { since, until } = bounds();
  const shown = at ?? until;
  const ago = (until - shown) / 1000;
  return (
    <div class={`travel${at === null ? '' : ' is-past'}`}>
      <span class="travel-end">{formatWait((until - since) / 1000)} ago</span>
      <input
        id="travel"
        type="range"
        min={since}
        max={until}
        step={STEP_MS}
        value={shown}
        aria-label="The moment that the page shows"
        aria-valuetext={at === null ? 'now' : `${formatInstant(shown)}, ${formatWait(ago)} ago`}
        onInput={({ currentTarget }) => travelTo(Number(currentTarget.value))}
        onKeyDown={onKey}
      />
      <span class="travel-end">{at === null ? 'now' : `${formatWait(ago)} ago`}</span>
    </div>
  );
}

/** Says that the page shows no present, and of when it is. */
export function PastBanner(): JSX.Element | null {
  const at = chosenMoment.value;
  if (at === null) return null;
  const then = past.value;
  return (
    <div class="banner banner-past" role="status">
      <p>
        <strong>The past: {formatInstant(at)}</strong>
        {isTravelling.value && ' …'}
        {then.state === 'missing' && ` ${then.message}`}
      </p>
      <button type="button" onClick={() => (chosenMoment.value = null)}>
        Back to now (Esc)
      </button>
    </div>
  );
}

/** Moves by so many milliseconds, from now where nothing else is shown. */
export function travelBy(ms: number): void {
  if (historyState.value.state !== 'kept') return;
  travelTo((chosenMoment.value ?? bounds().until) + ms);
}

function travelTo(ms: number): void {
  const { since, until } = bounds();
  chosenMoment.value = ms >= until ? null : Math.max(since, Math.round(ms));
}

function bounds(): { since: number; until: number } {
  const known = historyState.value;
  const now = Date.parse(liveSample.value?.takenAt ?? '');
  const at = chosenMoment.value;
  if (known.state !== 'kept') {
    const until = Number.isNaN(now) ? Math.max(at ?? 0, Date.now()) : now;
    return { since: Math.min(at ?? until, until - LONG_STEP_MS), until };
  }
  const until = Number.isNaN(now) ? known.span.untilMs : Math.max(now, known.span.untilMs);
  return { since: Math.min(known.span.sinceMs, until - LONG_STEP_MS), until };
}

function onKey(event: KeyboardEvent): void {
  const far = event.shiftKey ? LONG_STEP_MS : STEP_MS;
  const { since, until } = bounds();
  const steps: Record<string, number> = {
    ArrowLeft: -far,
    ArrowDown: -far,
    ArrowRight: far,
    ArrowUp: far,
    PageDown: -10 * LONG_STEP_MS,
    PageUp: 10 * LONG_STEP_MS,
    Home: since - until,
    End: until - since,
  };
  const step = steps[event.key];
  if (step === undefined) return;
  event.preventDefault();
  travelBy(step);
}
