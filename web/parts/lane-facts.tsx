import type { ComponentChildren, JSX } from 'preact';
import type { LaneJson, ProcessJson } from '../agent/json.ts';
import { selectedLane, selectedName } from '../state/scene.ts';
import { formatCount, formatRate, formatSeconds, plural } from '../words/numbers.ts';
import { describeFullness, describeOutlook, explainOutlook, standingOf } from '../words/outlook.ts';
import { Endpoint } from './endpoint.tsx';

const MOST_PROCESSES = 4;

/** The selected lane in figures, and what becomes of it in a sentence. */
export function LaneFacts(): JSX.Element | null {
  const name = selectedName.value;
  if (name === null) return null;
  const view = selectedLane.value;
  return (
    <section class="panel facts" aria-labelledby="lane-title">
      <h2 id="lane-title" class="facts-title">
        <bdi>{name.source}</bdi> <span class="arrow">→</span> <Endpoint address={name.destination} port={name.port} />
        {name.device !== null && <bdi class="tag">{name.device}</bdi>}
        <bdi class="tag">{name.namespace}</bdi>
      </h2>
      {view === null ? (
        <p class="explained">This lane holds no slot at this moment, or it is none of the fullest, which are listed.</p>
      ) : (
        <Figures lane={view.lane} />
      )}
    </section>
  );
}

function Figures({ lane }: { lane: LaneJson }): JSX.Element {
  const { slots, used, live, reclaimable, free, states, refusedConnects } = lane;
  const refused = refusedConnects ?? lane.refusals;
  return (
    <>
      <p class="explained">{explainOutlook(lane)}</p>
      <dl class="figures">
        <Figure term="Outlook" isStrong={standingOf(lane)}>
          {describeOutlook(lane)}
        </Figure>
        <Figure term="Full">{describeFullness(lane)}</Figure>
        <Figure term="Slots">{formatCount(slots)}</Figure>
        <Figure term="Used">{formatCount(used)}</Figure>
        <Figure term="Live">{formatCount(live)}</Figure>
        <Figure term="TIME_WAIT">{formatCount(states.TIME_WAIT ?? 0)}</Figure>
        <Figure term="Reclaimable">{formatCount(reclaimable)}</Figure>
        <Figure term="Free">{formatCount(free)}</Figure>
        <Figure term="Opens/s">{formatRate(lane.opensPerSecond)}</Figure>
        <Figure term="Lives for">{formatSeconds(lane.holdSeconds)}</Figure>
        <Figure term="Refused">{formatCount(refused)}</Figure>
      </dl>
      <Processes lane={lane} />
    </>
  );
}

function Figure(props: { term: string; isStrong?: string; children: ComponentChildren }): JSX.Element {
  return (
    <div class={props.isStrong === undefined ? 'figure' : `figure figure-strong is-${props.isStrong}`}>
      <dt>{props.term}</dt>
      <dd>{props.children}</dd>
    </div>
  );
}

function Processes({ lane }: { lane: LaneJson }): JSX.Element {
  const { processes, timeWaitProcesses, pool, unit } = lane;
  return (
    <div class="owners">
      {processes.length > 0 && <Owners label="Live:" processes={processes} />}
      {timeWaitProcesses !== undefined && timeWaitProcesses.length > 0 && (
        <Owners label="In TIME_WAIT, opened by:" processes={timeWaitProcesses} />
      )}
      {processes.length === 0 && (timeWaitProcesses?.length ?? 0) === 0 && (
        <p>
          {unit === null
            ? 'Its owner is not known: TIME_WAIT belongs to no process, and others’ sockets need privileges to be told.'
            : `Of ${unit}.`}
        </p>
      )}
      {pool === 'source' && (
        <p>Bound before connect, without IP_BIND_ADDRESS_NO_PORT: all such lanes of {lane.source} share these slots.</p>
      )}
    </div>
  );
}

function Owners({ label, processes }: { label: string; processes: readonly ProcessJson[] }): JSX.Element {
  const omitted = processes.length - MOST_PROCESSES;
  return (
    <p>
      <span class="quiet">{label}</span>{' '}
      {processes.slice(0, MOST_PROCESSES).map(({ pid, name, unit, sockets }) => (
        <span class="owner" key={pid}>
          <bdi>{name}</bdi> {pid}
          <span class="quiet">
            {' '}
            {plural(sockets, 'socket')}
            {unit === null ? '' : `, ${unit}`}
          </span>
        </span>
      ))}
      {omitted > 0 && <span class="quiet">and {plural(omitted, 'more process', 'more processes')}</span>}
    </p>
  );
}
