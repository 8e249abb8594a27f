import { computed, effect, signal } from '@preact/signals';
import type { PortMapJson } from '../agent/json.ts';
import { countBytes, decodePorts } from '../agent/port-map.ts';
import { RequestError, requestJson } from '../agent/request.ts';
import type { LaneName } from '../words/lane-name.ts';
import { connection } from './connection.ts';
import { frozen, selectedKey, selectedName } from './scene.ts';
import { chosenMoment } from './selection.ts';

export type PortsState =
  | { readonly state: 'none' | 'loading' }
  | { readonly state: 'there'; readonly ports: Uint8Array<ArrayBuffer>; readonly takenAt: string }
  | { readonly state: 'missing'; readonly message: string };

/** What holds each port of the selected lane. */
export const portMap = signal<PortsState>({ state: 'none' });

/** How many ports have each byte of the map; null where there is none. */
export const portBytes = computed(() => (portMap.value.state === 'there' ? countBytes(portMap.value.ports) : null));

const EVERY_MS = 1_000;
/** A slow agent, or a slow way to it, is asked so many times less often than it takes to answer. */
const PAUSE_FACTOR = 5;

export function followPorts(): void {
  let shownKey: string | null = null;
  effect(() => {
    const key = selectedKey.value;
    const name = selectedName.value;
    if (key !== shownKey || chosenMoment.value !== null) {
      shownKey = key;
      portMap.value = { state: name === null || chosenMoment.value !== null ? 'none' : 'loading' };
    }
    const isWanted = frozen.value === null && connection.value.state === 'live';
    if (name === null || chosenMoment.value !== null || !isWanted) return undefined;
    const ended = new AbortController();
    void readOn(name, ended.signal);
    return () => ended.abort();
  });
}

async function readOn(name: LaneName, ended: AbortSignal): Promise<void> {
  while (!ended.aborted) {
    const began = performance.now();
    // What nobody sees is not asked for.
    if (!document.hidden) await readOnce(name, ended);
    const pause = Math.max(EVERY_MS, PAUSE_FACTOR * (performance.now() - began));
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

async function readOnce(name: LaneName, ended: AbortSignal): Promise<void> {
  const { namespace, source, destination, port, device } = name;
  const query = new URLSearchParams({ namespace, source, destination, port: String(port) });
  if (device !== null) query.set('device', device);
  try {
    const { ports, takenAt } = await requestJson<PortMapJson>(`api/ports?${query}`, ended);
    const decoded = decodePorts(ports);
    portMap.value =
      decoded === null
        ? { state: 'missing', message: 'The agent answered with no port map.' }
        : { state: 'there', ports: decoded, takenAt };
  } catch (error) {
    if (ended.aborted || !(error instanceof RequestError)) return;
    portMap.value = { state: 'missing', message: error.message };
  }
}
