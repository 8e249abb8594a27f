import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { countBytes, countKinds, countPasses, LEGEND, PORT_COUNT, releaseCurve } from '../agent/port-map.ts';
import { portBytes, portMap } from '../state/ports.ts';
import { selectedLane } from '../state/scene.ts';
import { chosenMoment } from '../state/selection.ts';
import { isDark } from '../state/theme.ts';
import { formatCount } from '../words/numbers.ts';
import { describePort, explainPasses, KIND_NAMES } from '../words/port.ts';
import { paintPorts, portColors } from './port-picture.ts';
import { ReleaseCurve } from './release-curve.tsx';

const SIDE = 256;
/** How soon is soon for who waits for a slot. */
const SOON_SECONDS = 10;
const LABELLED = [0, 16_384, 32_768, 49_152];

export function PortMap(): JSX.Element {
  return (
    <section class="panel ports" aria-labelledby="ports-title">
      <div class="panel-head">
        <h2 id="ports-title">Its ports</h2>
        <span class="quiet">all 65,536, 256 in a row</span>
      </div>
      <Content />
    </section>
  );
}

function Content(): JSX.Element {
  const map = portMap.value;
  if (chosenMoment.value !== null) {
    return <p class="quiet empty">Which port was held by what is not kept in the history: the map shows only now.</p>;
  }
  if (map.state === 'there') return <MapOfPorts ports={map.ports} />;
  return <p class="quiet empty">{map.state === 'missing' ? map.message : 'Waiting for the map …'}</p>;
}

function MapOfPorts({ ports }: { ports: Uint8Array }): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const pointed = useSignal<number | null>(null);
  const dark = isDark.value;
  // The style sheet's colours are others in the dark
  const colors = useMemo(portColors, [dark]);
  useEffect(() => {
    if (canvas.current !== null) paintPorts(canvas.current, ports, colors);
  }, [ports, colors]);
  const range = selectedLane.value?.namespace.ports;
  const low = range?.low ?? 32_768;
  const bytes = portBytes.value ?? countBytes(ports);
  const counts = countKinds(bytes);
  const [first, second] = countPasses(ports, low, range?.high ?? 60_999);
  const port = pointed.value;
  return (
    <div class="ports-content">
      <div class="port-frame">
        <div class="port-picture">
          {LABELLED.map((label) => (
            <span key={label} class="port-label" style={{ top: `${(100 * label) / PORT_COUNT}%` }} aria-hidden="true">
              {label}
            </span>
          ))}
          <span class="port-outside-words" style={{ height: `${(100 * low) / PORT_COUNT}%` }} aria-hidden="true">
            below the ephemeral range: connect() takes none of these
          </span>
          <canvas
            ref={canvas}
            width={SIDE}
            height={SIDE}
            tabIndex={0}
            role="img"
            aria-label={`Map of all ports: ${describeCounts(counts)}. The arrow keys point at one.`}
            onPointerMove={(event) => (pointed.value = portAt(event))}
            onPointerLeave={() => (pointed.value = null)}
            onBlur={() => (pointed.value = null)}
            onKeyDown={(event) => movePointer(event, port ?? low, (next) => (pointed.value = next))}
          />
          {port !== null && <Crosshair port={port} />}
        </div>
        <p class="port-pointed" aria-live="polite">
          {port === null ? 'Point at a port to see what holds it.' : describePort(port, ports[port] as number, low)}
        </p>
      </div>
      <div class="port-words">
        <ul class="legend port-legend">
          {LEGEND.map((kind) => (
            <li key={kind}>
              <i class={`swatch port-${kind}`} />
              <span class="legend-name">{KIND_NAMES[kind]}</span>
              <span class="legend-count">{formatCount(counts[kind])}</span>
            </li>
          ))}
        </ul>
        <p class="fade">
          <span>free again soon</span>
          <i class="fade-strip" />
          <span>just closed</span>
        </p>
      </div>
      <div class="port-words">
        {selectedLane.value?.lane.cliffAt != null && (
          <>
            <Pass title="First pass" parity={low % 2 === 0 ? 'even' : 'odd'} {...first} />
            <Pass title="Second pass" parity={low % 2 === 0 ? 'odd' : 'even'} {...second} />
            <p class="explained">{explainPasses(low, first.free, second.free)}</p>
          </>
        )}
        <Releases bytes={bytes} />
      </div>
    </div>
  );
}

/** What is in TIME_WAIT now, by when it is over. */
function Releases({ bytes }: { bytes: Uint32Array }): JSX.Element | null {
  const curve = releaseCurve(bytes);
  const total = curve.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const soon = curve.slice(0, SOON_SECONDS).reduce((sum, count) => sum + count, 0);
  return (
    <div class="releases">
      <h3>What comes free, second by second</h3>
      <svg viewBox="0 0 320 84" preserveAspectRatio="none" aria-hidden="true">
        <ReleaseCurve curve={curve} x={0} y={0} width={320} height={84} />
      </svg>
      <p class="releases-axis" aria-hidden="true">
        <span>now</span>
        <span>in 30 s</span>
        <span>in 60 s</span>
      </p>
      <p class="explained">
        {formatCount(soon)} of {formatCount(total)} leave TIME_WAIT in the next {SOON_SECONDS} s.
      </p>
    </div>
  );
}

function Pass(props: { title: string; parity: string; usable: number; free: number }): JSX.Element {
  const { title, parity, usable, free } = props;
  const taken = usable - free;
  return (
    <div class="pass">
      <span>
        {title} <span class="quiet">({parity} ports)</span>
      </span>
      <span class="pass-count">{formatCount(free)} free</span>
      <span class="pass-meter" aria-hidden="true">
        <span style={{ width: `${usable === 0 ? 0 : (100 * taken) / usable}%` }} />
      </span>
    </div>
  );
}

function Crosshair({ port }: { port: number }): JSX.Element {
  const cell = 100 / SIDE;
  return (
    <span
      class="crosshair"
      aria-hidden="true"
      style={{ left: `${(port % SIDE) * cell}%`, top: `${Math.floor(port / SIDE) * cell}%` }}
    />
  );
}

function portAt(event: PointerEvent & { currentTarget: HTMLElement }): number {
  const { left, top, width, height } = event.currentTarget.getBoundingClientRect();
  const cell = (from: number, length: number): number =>
    Math.max(0, Math.min(SIDE - 1, Math.floor((SIDE * from) / length)));
  return SIDE * cell(event.clientY - top, height) + cell(event.clientX - left, width);
}

function movePointer(event: KeyboardEvent, from: number, point: (port: number) => void): void {
  const far = event.shiftKey ? 16 : 1;
  const steps: Record<string, number> = {
    ArrowLeft: -far,
    ArrowRight: far,
    ArrowUp: -SIDE * far,
    ArrowDown: SIDE * far,
  };
  const step = steps[event.key];
  if (step === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  point(Math.max(0, Math.min(PORT_COUNT - 1, from + step)));
}

function describeCounts(counts: Readonly<Record<(typeof LEGEND)[number], number>>): string {
  return LEGEND.map((kind) => `${formatCount(counts[kind])} ${KIND_NAMES[kind]}`).join(', ');
}
