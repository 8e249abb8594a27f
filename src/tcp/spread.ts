export interface Endpoint {
  readonly address: string;
  readonly port: number;
}
export interface SpreadSource {
  readonly address: string;
  readonly prefixLength: number;
}
export interface DestinationRule {
  readonly address: string;
  readonly prefixLength: number;
  readonly port: number | null;
}
export interface SourceSpread {
  readonly kind: 'sources';
  readonly sources: readonly SpreadSource[];
  readonly to: readonly DestinationRule[];
}
export interface DestinationSpread {
  readonly kind: 'destinations';
  readonly from: Endpoint;
  readonly over: readonly Endpoint[];
}
export type Spread = SourceSpread | DestinationSpread;
export function choicesOf(spread: Spread): number | null {
  return spread.kind === 'sources' ? spread.sources.length : spread.over.length;
}
