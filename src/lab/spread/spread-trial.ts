import type { Remedy } from '../../remedies/remedy.ts';
import type { Spread } from '../../tcp/spread.ts';
import type { Reached, Site } from '../proxy/site.ts';

/** A remedy that spreads connections, and what over. */
export interface SpreadTrial {
  readonly remedy: Remedy;
  /** What lanes differ by then: `source addresses`. */
  readonly choices: string;
  /** @param count of the choices: the first is what the proxy takes as it is */
  spreadOver(site: Site, proxy: Reached, count: number): Spread;
}
