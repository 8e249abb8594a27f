import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { connect, connection, connectWithToken } from '../state/connection.ts';
import { scene } from '../state/scene.ts';

/** Says that what is shown is old, and what is done about it. */
export function LostBanner(): JSX.Element | null {
  const now = connection.value;
  if (now.state !== 'lost') return null;
  return (
    <div class="banner banner-lost" role="status">
      <p>
        <strong>Disconnected.</strong> {now.message}{' '}
        {scene.value === null ? '' : 'What is shown is the last that came. '}
        <Countdown untilMs={now.retryAtMs} />
        {now.hint !== null && <span class="quiet"> {now.hint}</span>}
      </p>
      <button type="button" onClick={connect}>
        Try now
      </button>
    </div>
  );
}

function Countdown({ untilMs }: { untilMs: number }): JSX.Element {
  const left = useSignal(0);
  useEffect(() => {
    const tick = (): void => {
      left.value = Math.max(0, Math.ceil((untilMs - Date.now()) / 1000));
    };
    tick();
    const timer = setInterval(tick, 500);
    return () => clearInterval(timer);
  }, [untilMs, left]);
  return <span>{left.value === 0 ? 'Trying again …' : `Trying again in ${left.value} s.`}</span>;
}

/** The agent lets nobody in without a token, or not by this name. */
export function Denied(): JSX.Element | null {
  const now = connection.value;
  const token = useSignal('');
  if (now.state !== 'denied') return null;
  const isToken = now.status === 401 || now.status === 429;
  return (
    <section class="panel denied">
      <h2>{isToken ? 'This agent asks for a token' : 'This agent does not answer here'}</h2>
      <p>
        <bdi>{now.message}</bdi>
      </p>
      {now.hint !== null && (
        <p class="quiet">
          <bdi>{now.hint}</bdi>
        </p>
      )}
      {isToken && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (token.value.trim() !== '') connectWithToken(token.value.trim());
          }}
        >
          <label for="token">The token that the agent was started with (the file that --token-file names)</label>
          <div class="token-line">
            <input
              id="token"
              type="password"
              autocomplete="off"
              value={token.value}
              onInput={({ currentTarget }) => (token.value = currentTarget.value)}
            />
            <button type="submit">Show the machine</button>
          </div>
          <p class="quiet">It is kept in this tab only, and sent to this agent only.</p>
        </form>
      )}
    </section>
  );
}
