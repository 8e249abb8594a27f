import { FourtupleError } from '../../tcp/error.ts';
import type { HistoryConfig } from '../config/agent-config.ts';
import { loadDriver } from './database.ts';
import type { HistoryClock, HistoryEvent, HistoryStore } from './history.ts';
import { KeptHistory } from './kept-history.ts';

const SYSTEM_CLOCK: HistoryClock = { now: () => Date.now(), elapsed: () => performance.now() };

/**
 * Opens the history that an agent writes, and makes it where there is none. What hinders it now or later is told, and
 * tried again from time to time.
 *
 * @returns null where the library is missing that it needs: it is told how to get it
 */
export async function openHistory(
  config: HistoryConfig,
  tell: (event: HistoryEvent) => void,
  clock: HistoryClock = SYSTEM_CLOCK,
): Promise<HistoryStore | null> {
  try {
    const history = new KeptHistory(config, await loadDriver(), tell, clock);
    history.open();
    return history;
  } catch (error) {
    if (!(error instanceof FourtupleError)) throw error;
    tell({ kind: 'stopped', message: error.message, hint: error.hint ?? null });
    return null;
  }
}
