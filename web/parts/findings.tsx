import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import type { FindingJson } from '../agent/json.ts';
import { labelOf, scene, selectedLane, shownFindings } from '../state/scene.ts';
import { chosenLane, chosenNamespace } from '../state/selection.ts';
import { evidenceLines } from '../words/evidence.ts';
import { formatLane } from '../words/lane-name.ts';
import { formatCount, plural } from '../words/numbers.ts';
import { describeOutlook } from '../words/outlook.ts';
import { SeverityIcon } from './icons.tsx';
import { RemedyCard } from './remedy-card.tsx';

const SHOWN = 12;
const SHOWN_REMEDIES = 3;

/** What the person opened or shut; what is not in it is as it is by itself: the first is open. */
const opened = signal<Readonly<Record<string, boolean>>>({});
const isAllShown = signal(false);

export function Findings(): JSX.Element {
  const findings = shownFindings.value;
  const all = findings ?? [];
  const shown = isAllShown.value ? all : all.slice(0, SHOWN);
  return (
    <section class="panel findings" aria-labelledby="findings-title" id="findings" tabIndex={-1}>
      <div class="panel-head">
        <h2 id="findings-title">Findings, and what helps</h2>
        {all.length > 0 && <span class="quiet">{formatCount(all.length)}, the gravest first</span>}
      </div>
      {findings === null && <p class="quiet empty">Waiting for the first examination …</p>}
      {findings !== null && all.length === 0 && <Healthy />}
      {shown.map((finding, index) => (
        <FindingCard
          key={keyOf(finding, index, all)}
          id={keyOf(finding, index, all)}
          finding={finding}
          isFirst={index === 0}
        />
      ))}
      {all.length > shown.length && (
        <button type="button" class="more" onClick={() => (isAllShown.value = true)}>
          Show {plural(all.length - shown.length, 'more finding')}
        </button>
      )}
    </section>
  );
}

export function goToFindings(): void {
  const findings = document.getElementById('findings');
  findings?.scrollIntoView();
  findings?.focus({ preventScroll: true });
}

function Healthy(): JSX.Element {
  const fullest = selectedLane.value;
  const when = scene.value?.when === 'past' ? 'was' : 'is';
  return (
    <p class="healthy">
      <SeverityIcon severity="ok" /> Nothing {when} wrong here
      {fullest === null ? '.' : `: the lane that is looked at ${describeOutlook(fullest.lane)}.`}
    </p>
  );
}

function FindingCard(props: { id: string; finding: FindingJson; isFirst: boolean }): JSX.Element {
  const { id, finding, isFirst } = props;
  const { severity, summary, code, lane } = finding;
  const isOpen = opened.value[id] ?? isFirst;
  return (
    <article class={`finding is-${severity}`}>
      <h3>
        <button
          type="button"
          class="finding-head"
          aria-expanded={isOpen}
          onClick={() => (opened.value = { ...opened.value, [id]: !isOpen })}
        >
          <SeverityIcon severity={severity} />
          <span class="finding-summary">
            <span class="severity">{severity}</span> <bdi>{summary}</bdi>
          </span>
          <span class="finding-toggle" aria-hidden="true">
            {isOpen ? '−' : '+'}
          </span>
        </button>
      </h3>
      {isOpen && (
        <div class="finding-body">
          <div class="finding-why">
            <p>
              <bdi>{finding.explanation}</bdi>
            </p>
            <Evidence finding={finding} />
            <p class="quiet">
              <code>{code}</code>
              {chosenNamespace.value === null && ` in ${labelOf(finding)}`}
              {lane !== null && (
                <>
                  {' · '}
                  <button type="button" class="link" onClick={() => show(finding)}>
                    show lane {formatLane(lane)}
                  </button>
                </>
              )}
            </p>
            <Unhelpful finding={finding} />
          </div>
          <Remedies id={id} finding={finding} />
        </div>
      )}
    </article>
  );
}

function Remedies({ id, finding }: { id: string; finding: FindingJson }): JSX.Element | null {
  const { remedies } = finding;
  const name = `${id} remedies`;
  const isAll = opened.value[name] ?? false;
  const shown = isAll ? remedies : remedies.slice(0, SHOWN_REMEDIES);
  if (remedies.length === 0) return null;
  return (
    <div class="remedies">
      <h4>What helps, the best first</h4>
      <ol>
        {shown.map((remedy) => (
          <RemedyCard key={remedy.id} remedy={remedy} />
        ))}
      </ol>
      {remedies.length > shown.length && (
        <button type="button" class="more" onClick={() => (opened.value = { ...opened.value, [name]: true })}>
          Show {plural(remedies.length - shown.length, 'more remedy', 'more remedies')}
        </button>
      )}
    </div>
  );
}

function Evidence({ finding }: { finding: FindingJson }): JSX.Element | null {
  const lines = evidenceLines(finding.evidence);
  if (lines.length === 0) return null;
  return (
    <dl class="evidence">
      {lines.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <bdi>{value}</bdi>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Unhelpful({ finding }: { finding: FindingJson }): JSX.Element | null {
  if (finding.unhelpful.length === 0) return null;
  return (
    <details class="unhelpful">
      <summary>What does not help, though it is often advised</summary>
      <ul>
        {finding.unhelpful.map(({ what, why }) => (
          <li key={what}>
            <strong>{what}</strong>: {why}
          </li>
        ))}
      </ul>
    </details>
  );
}

function show(finding: FindingJson): void {
  if (finding.lane === null) return;
  const name = { ...finding.lane, namespace: labelOf(finding), device: null };
  const found = scene.value?.namespaces
    .find(({ label }) => label === name.namespace)
    ?.lanes.find(({ name: one }) => formatLane(one) === formatLane(name));
  chosenLane.value = found?.name ?? name;
  document.getElementById('lane-title')?.scrollIntoView({ block: 'center' });
}

/** Stays the same while a finding stays, so that what is open stays open. */
function keyOf(finding: FindingJson, index: number, all: readonly FindingJson[]): string {
  const name = nameOf(finding);
  const before = all.slice(0, index).filter((one) => nameOf(one) === name).length;
  return `${name} ${before}`;
}

function nameOf(finding: FindingJson): string {
  return `${finding.code} ${labelOf(finding)} ${finding.lane === null ? '' : formatLane(finding.lane)}`;
}
