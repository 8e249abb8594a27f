/**
 * fourtuple as a library: who uses which TCP source ports, lane by lane.
 *
 * ```ts
 * import { takeCensus } from 'fourtuple';
 *
 * const { census } = await takeCensus();
 * for (const lane of census.fullest(3)) {
 *   console.log(`${lane.source} > ${lane.destination}:${lane.port} uses ${lane.used} of ${lane.slots} slots`);
 * }
 * ```
 *
 * Counting needs Linux, and no privilege for the caller's own network namespace. Reading a capture works anywhere. What
 * cannot be known is null; every error is a {@link FourtupleError} with a stable `code`.
 *
 * @module
 */

export { type Capture, readCapture } from './census/capture/capture.ts';
export { type CaptureSettings, censusOfCapture } from './census/capture/capture-census.ts';
export type { Census } from './census/census.ts';
export type { LaneUse } from './census/lane-use.ts';
export type { NamespaceCensus } from './census/namespace-census.ts';
export { releaseCurves } from './census/release-curve.ts';
export { type TakeCensusOptions, takeCensus } from './census/take-census.ts';
export { sumLanes, type Totals } from './census/totals.ts';
export type * from './diagnosis/report.ts';
export { readReport } from './diagnosis/report-reader.ts';
export {
  listNamespaces,
  type NamespaceEntry,
  type NamespaceList,
  openListedNamespace,
} from './linux/namespace-list.ts';
export { type NamespaceHandle, openNamespace } from './linux/network-namespace.ts';
export { FourtupleError, type FourtupleErrorCode } from './tcp/error.ts';
export { type Forecast, forecast, type LaneLoad } from './tcp/forecast.ts';
export { formatLane, type Lane } from './tcp/lane.ts';
export { type LanePattern, parseLanePattern } from './tcp/lane-pattern.ts';
