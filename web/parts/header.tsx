import type { JSX } from 'preact';
import { connection, liveSample } from '../state/connection.ts';
import { frozen, scene, togglePause } from '../state/scene.ts';
import { chosenTheme, nextTheme } from '../state/theme.ts';
import { formatClock, formatInstant } from '../words/instants.ts';
import { formatSeconds, formatWait } from '../words/numbers.ts';
import { isHelpOpen } from './help.tsx';
import { Icon, Logo } from './icons.tsx';
import { NamespacePicker } from './namespace-picker.tsx';

export function Header(): JSX.Element {
  const host = scene.value?.host;
  return (
    <header class="header">
      <div class="brand">
        <Logo />
        <span class="brand-name">fourtuple</span>
      </div>
      <div class="host">
        <h1>{host?.name ?? (scene.value === null ? ' ' : 'unnamed host')}</h1>
        {host?.kernel != null && <span class="quiet">Linux {host.kernel}</span>}
      </div>
      <NamespacePicker />
      <div class="header-end">
        <SampleTime />
        <Pulse />
        <PauseButton />
        <ThemeButton />
        <button type="button" class="tool" onClick={() => (isHelpOpen.value = true)} aria-label="Help and keys (?)">
          <Icon name="help" />
        </button>
      </div>
    </header>
  );
}

function SampleTime(): JSX.Element | null {
  const now = scene.value;
  if (now === null) return null;
  const { takenAtMs, cost, when } = now;
  const title =
    cost === null
      ? ''
      : `A sample each ${formatSeconds(cost.intervalSeconds)}; the last took ${formatSeconds(cost.durationSeconds)}, of it ${formatSeconds(cost.cpuSeconds)} of one core`;
  return (
    <div class="sample-time" title={title}>
      <time dateTime={Number.isNaN(takenAtMs) ? undefined : new Date(takenAtMs).toISOString()}>
        {when === 'past' ? formatInstant(takenAtMs) : formatClock(takenAtMs)}
      </time>
      {cost !== null && (
        <span class="quiet">
          each {formatSeconds(cost.intervalSeconds)}, costs {formatSeconds(cost.cpuSeconds)}
        </span>
      )}
    </div>
  );
}

const STATES = {
  connecting: 'connecting',
  live: 'live',
  lost: 'disconnected',
  denied: 'not permitted',
  paused: 'paused',
  past: 'the past',
} as const;

function Pulse(): JSX.Element {
  const { state } = connection.value;
  const when = scene.value?.when ?? 'live';
  const shown = state === 'live' && when !== 'live' ? when : state;
  return (
    <output class={`pulse is-${shown}`} aria-label="State of the page">
      <span class="pulse-dot" aria-hidden="true" />
      {STATES[shown]}
      {shown === 'paused' && behind()}
    </output>
  );
}

/** How much newer the last sample is than the one that is shown. */
function behind(): string {
  const seconds = Math.round(
    (Date.parse(liveSample.value?.takenAt ?? '') - (scene.value?.takenAtMs ?? Number.NaN)) / 1000,
  );
  return seconds >= 1 ? `, ${formatWait(seconds)} behind` : '';
}

function PauseButton(): JSX.Element {
  const isPaused = frozen.value !== null;
  const label = isPaused ? 'Go on (space)' : 'Pause (space)';
  return (
    <button type="button" class="tool" onClick={togglePause} aria-pressed={isPaused} aria-label={label} title={label}>
      <Icon name={isPaused ? 'play' : 'pause'} />
    </button>
  );
}

function ThemeButton(): JSX.Element {
  const theme = chosenTheme.value;
  const label = theme === 'system' ? 'Light or dark: as the system has it (t)' : `Always ${theme} (t)`;
  return (
    <button type="button" class="tool" onClick={nextTheme} aria-label={label} title={label}>
      <Icon name={theme} />
    </button>
  );
}
