// Appends samples of many lanes to a history as fast as it can, until it is killed: FILE. Tells the time of each that is recorded.
import { writeSync } from 'node:fs';
import { openHistory } from '../../dist/agent/history/open-history.js';

const store = await openHistory({ file: process.argv[2] ?? '', mostBytes: 16_777_216 }, (event) => {
  writeSync(2, `${JSON.stringify(event)}\n`);
});
/** What a lane has beside is not kept. @type {(count: number) => any} */
const lanes = (count) =>
  Array.from({ length: 50 }, (_, index) => ({
    ...{ source: '10.0.0.5', destination: `10.0.1.${index}`, port: 8_080, device: null },
    ...{
      slots: 28_231,
      used: count,
      live: 0,
      reclaimable: 0,
      states: { TIME_WAIT: count },
      pool: 'lane',
      reuse: false,
    },
    ...{ opensPerSecond: null, holdSeconds: null, cliffAt: null, secondsToCliff: null, secondsToExhaustion: null },
    ...{ settlesAt: null, processes: [], unit: null, closes: 0, refusedConnects: count, timeWaitProcesses: [] },
  }));
const ports = { low: 32_768, high: 60_999, reserved: 0, blocked: 0 };
const totals = { lanes: 50, used: 0, live: 0, timeWait: 0, outsideLanes: 0, timeWaitOutsideLanes: 0 };
/** @type {any} */
const namespace = { inode: 1, name: 'host', holder: null, source: 'sock_diag', settings: {}, ports, totals };
for (let count = 1; ; count += 1) {
  const takenAt = new Date().toISOString();
  store?.append({
    ...{ schema: 1, takenAt, host: { name: 'proxy.core', kernel: null }, notes: [] },
    cost: { intervalSeconds: 1, cpuSeconds: 0, durationSeconds: 0 },
    namespaces: [{ ...namespace, lanes: lanes(count), lanesOmitted: 0, counted: null, notes: [] }],
  });
  writeSync(1, `${Date.parse(takenAt)} ${count}\n`);
}
