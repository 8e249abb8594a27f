import type { JSX } from 'preact';
import type { Severity } from '../agent/json.ts';

/** Each severity has a shape of its own: nobody needs to tell colours apart. */
export function SeverityIcon({ severity }: { severity: Severity | 'ok' }): JSX.Element {
  return (
    <svg class={`icon severity-${severity}`} viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      {severity === 'critical' && (
        <>
          <path d="M5 1h6l4 4v6l-4 4H5l-4-4V5z" fill="currentColor" />
          <path d="M8 4v5M8 11v1.2" class="icon-mark" />
        </>
      )}
      {severity === 'warning' && (
        <>
          <path d="M8 1.2 15.4 14.6H.6z" fill="currentColor" />
          <path d="M8 6v4M8 11.7v1.2" class="icon-mark" />
        </>
      )}
      {severity === 'info' && (
        <>
          <circle cx="8" cy="8" r="7" fill="currentColor" />
          <path d="M8 7v4.5M8 4v1.2" class="icon-mark" />
        </>
      )}
      {severity === 'ok' && (
        <>
          <circle cx="8" cy="8" r="7" fill="currentColor" />
          <path d="m4.8 8.2 2.2 2.3 4.2-4.6" class="icon-mark" />
        </>
      )}
    </svg>
  );
}

export function Logo(): JSX.Element {
  return (
    <svg class="logo" viewBox="0 0 16 16" width="22" height="22" aria-hidden="true">
      <path class="logo-live" d="M1 1h6v6H1zM1 9h6v6H1zM9 9h6v6H9z" />
      <path class="logo-wait" d="M9 1h6v6H9z" />
    </svg>
  );
}

const PATHS = {
  pause: 'M4 3h3v10H4zM9 3h3v10H9z',
  play: 'M4 2.5v11l9-5.5z',
  light:
    'M8 4.5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7zM7.4 1h1.2v2H7.4zM7.4 13h1.2v2H7.4zM1 7.4h2v1.2H1zM13 7.4h2v1.2h-2zM2.6 3.5l.9-.9 1.4 1.4-.9.9zM11.1 12l.9-.9 1.4 1.4-.9.9zM12.5 2.6l.9.9L12 4.9l-.9-.9zM4 11.1l.9.9-1.4 1.4-.9-.9z',
  dark: 'M9.5 1.5a6.5 6.5 0 1 0 5 10A6 6 0 0 1 9.5 1.5z',
  system: 'M8 1.5a6.5 6.5 0 1 0 0 13zm0 0v1.2a5.3 5.3 0 0 1 0 10.6v1.2a6.5 6.5 0 0 0 0-13z',
  help: 'M6 5.6a2.1 2.1 0 1 1 3 1.9c-.7.3-1 .7-1 1.6v.4H6.9v-.7c0-1.2.6-1.8 1.4-2.2.5-.25.7-.55.7-1a1 1 0 1 0-2 0zM6.8 10.9h1.3v1.4H6.8z',
  search:
    'M7 1.5a5.5 5.5 0 1 1-3.5 9.7A5.5 5.5 0 0 1 7 1.5zm0 1.4a4.1 4.1 0 1 0 0 8.2 4.1 4.1 0 0 0 0-8.2zm4.3 7.4 3.4 3.4-1 1-3.4-3.4z',
  copy: 'M5 1.5h8.5v10H11V14.5H2.5v-10H5zm1.3 3H11v5.7h1.2V2.8H6.3zM3.8 5.8v7.4h5.9V5.8z',
  done: 'm2.5 8.5 1.2-1.2 2.8 2.8 6-6.2 1.2 1.2-7.2 7.5z',
} as const;

export function Icon({ name }: { name: keyof typeof PATHS }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d={PATHS[name]} fill="currentColor" />
    </svg>
  );
}
