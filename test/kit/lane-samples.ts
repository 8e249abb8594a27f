import type { LaneSample, NamespaceSample, Sample } from '../../src/agent/sample.ts';
import { laneReport } from './reports.ts';
import { namespaceSample, sampleOf } from './simulated-machine.ts';

/** A lane of a sample; 28,165 slots, and nothing else known where nothing else is said. */
export function laneSample(
  ends: readonly [source: string, destination: string, port: number],
  states: Readonly<Record<string, number>>,
  more: Partial<LaneSample> = {},
): LaneSample {
  return {
    ...laneReport(ends, states, { slots: 28_165, ...more }),
    ...{ closes: null, refusedConnects: null, timeWaitProcesses: [] },
    ...more,
  };
}

/** A sample of one namespace, `host`, with these lanes. */
export function hostSample(lanes: readonly LaneSample[], more: Partial<Sample> = {}): Sample {
  return sampleOf([namespaceSample('host', lanes)], more);
}

/** So many namespaces with so many lanes each, all of them different. */
export function manyNamespaces(namespaces: number, lanes: number): NamespaceSample[] {
  return Array.from({ length: namespaces }, (_, index) =>
    namespaceSample(
      `pod-${index}`,
      Array.from({ length: lanes }, (_, lane) =>
        laneSample([`10.${index}.0.2`, `10.200.${lane}.9`, 8080], {
          ESTABLISHED: 10 + index + lane,
          TIME_WAIT: 20 * index,
        }),
      ),
      index,
    ),
  );
}
