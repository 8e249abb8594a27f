import type { JSX } from 'preact';
import { shownFindings, verdict } from '../state/scene.ts';
import { plural } from '../words/numbers.ts';
import { goToFindings } from './findings.tsx';
import { SeverityIcon } from './icons.tsx';

export function VerdictLine(): JSX.Element {
  const findings = shownFindings.value;
  const { severity, text } = verdict.value;
  const count = findings?.filter((one) => one.severity !== 'info').length ?? 0;
  return (
    <div class={`verdict is-${severity}`}>
      <SeverityIcon severity={severity} />
      {/* The figures in it change each second: only a screen reader that is asked reads it. */}
      <p class="verdict-text">
        <bdi>{text}</bdi>
      </p>
      {count > 0 && (
        <button type="button" class="link verdict-link" onClick={goToFindings}>
          {plural(count, 'finding')}, and what helps
        </button>
      )}
    </div>
  );
}
