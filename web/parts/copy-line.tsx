import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { Icon } from './icons.tsx';

const SHOWN_MS = 2_000;

/** Something to type, and a button that copies it. */
export function CopyLine({ text, label }: { text: string; label: string }): JSX.Element {
  const outcome = useSignal<'' | 'copied' | 'failed'>('');
  const copy = async (): Promise<void> => {
    outcome.value = (await copyText(text)) ? 'copied' : 'failed';
    setTimeout(() => (outcome.value = ''), SHOWN_MS);
  };
  return (
    <div class="copy-line">
      <pre>
        <code>
          <bdi>{text}</bdi>
        </code>
      </pre>
      <button type="button" class={`copy is-${outcome.value}`} onClick={copy} aria-label={`Copy ${label}`}>
        <Icon name={outcome.value === 'copied' ? 'done' : 'copy'} />
        <span role="status">
          {outcome.value === 'copied' ? 'Copied' : outcome.value === 'failed' ? 'Press Ctrl+C' : 'Copy'}
        </span>
      </button>
    </div>
  );
}

/** Over plain HTTP to another host a page has no clipboard: the old way works there. */
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

function copyBySelection(text: string): boolean {
  const focused = document.activeElement;
  const field = document.createElement('textarea');
  field.value = text;
  field.className = 'unseen';
  document.body.append(field);
  field.select();
  const isCopied = document.execCommand('copy');
  field.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return isCopied;
}
