import { signal } from '@preact/signals';
import type { JSX } from 'preact';

export const isHelpOpen = signal(false);

const KEYS = [
  ['↑ ↓', 'the lane above or below, while a lane has the focus; j and k always'],
  ['/', 'find a lane'],
  ['n', 'choose a namespace'],
  ['space', 'pause, and go on'],
  ['[ ]', 'ten seconds back or on in the history; { and } ten minutes'],
  ['Esc', 'back to now, and close what is open'],
  ['1 2 3 4', 'how far back the chart looks'],
  ['f', 'go to the findings'],
  ['t', 'light, dark, or as the system has it'],
  ['?', 'this page'],
] as const;

const WORDS = [
  ['lane', 'a source address, a destination address and a destination port: all that is fixed for a client'],
  ['slot', 'one source port of one lane: room for one connection'],
  ['used', 'held by a connection in any state, TIME_WAIT included'],
  ['live', 'used, and not in TIME_WAIT'],
  ['reclaimable', 'in TIME_WAIT, and connect() may take it over at once (tcp_tw_reuse)'],
  ['the cliff', 'half of the ports are taken: from there connect() searches in vain first, and gets slow'],
  ['exhausted', 'no slot is free: connect() fails with EADDRNOTAVAIL, “Cannot assign requested address”'],
] as const;

export function Help(): JSX.Element | null {
  if (!isHelpOpen.value) return null;
  const close = (): void => {
    isHelpOpen.value = false;
  };
  return (
    <dialog
      class="help"
      aria-labelledby="help-title"
      ref={(dialog) => {
        if (dialog !== null && !dialog.open) dialog.showModal();
      }}
      onClose={close}
    >
      <div class="panel-head">
        <h2 id="help-title">Keys and words</h2>
        <button type="button" onClick={close}>
          Close
        </button>
      </div>
      <dl class="help-list">
        {KEYS.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <dl class="help-list">
        {WORDS.map(([word, what]) => (
          <div key={word}>
            <dt>{word}</dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <p class="quiet">
        The page’s address keeps what is shown: namespace, lane, moment and range. Nothing can be changed from here, and
        nothing leaves this machine.
      </p>
    </dialog>
  );
}
