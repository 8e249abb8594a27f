import type { JSX } from 'preact';
import type { RemedyJson } from '../agent/json.ts';
import { describeEffort, describeGain, describePlace, describeSafety } from '../words/remedy.ts';
import { CopyLine } from './copy-line.tsx';

export function RemedyCard({ remedy }: { remedy: RemedyJson }): JSX.Element {
  const { title, possible, safe, reason, missing, fix, command, instructions } = remedy;
  const byHand =
    instructions.length > 0 || command === null ? instructions : [{ where: 'shell', text: command, note: null }];
  return (
    <li class={`remedy${possible ? '' : ' is-impossible'}`}>
      <p class="remedy-title">
        <strong>{title}</strong>
      </p>
      <p class="remedy-facts">
        <span class="gain">{describeGain(remedy)}</span>
        {possible && (
          <span class={`safety is-${safe === null ? 'unknown' : safe ? 'safe' : 'unsafe'}`}>
            {describeSafety(remedy)}
          </span>
        )}
        <span class="quiet">{describeEffort(remedy)}</span>
      </p>
      {possible && <p class="remedy-reason">{sentence(reason)}</p>}
      {missing.map((text) => (
        <p key={text} class="remedy-missing">
          Needs: {text}.
        </p>
      ))}
      {fix !== null && possible && <CopyLine text={fix} label="the command that fourtuple does it with" />}
      {possible && byHand.length > 0 && (
        <details class="by-hand">
          <summary>{fix === null ? 'How' : 'Or by hand'}</summary>
          {byHand.map(({ where, text, note }) => (
            <div key={`${where} ${text}`}>
              <p class="quiet">{describePlace(where)}</p>
              <CopyLine text={text} label={`what to write: ${describePlace(where)}`} />
              {note !== null && <p class="quiet">{note}</p>}
            </div>
          ))}
        </details>
      )}
    </li>
  );
}

function sentence(text: string): string {
  const start = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(start) ? start : `${start}.`;
}
