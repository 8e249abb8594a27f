import { processReport } from './reports.ts';
import { SimulatedLane } from './simulated-lane.ts';
import { SimulatedMachine } from './simulated-machine.ts';

const haproxy = [processReport(811, 'haproxy', 120, 'haproxy.service')];

/**
 * A proxy whose load has tripled: one lane fills, one settles, and others are as lanes are on such a machine.
 *
 * @param seconds how long it runs already; the load triples half a minute before the end of them
 * @param endsAtMs what its clock shows then
 */
export function fillingProxy(seconds = 760, endsAtMs = Date.now()): SimulatedMachine {
  const steady = (rate: number) => () => rate;
  const surge = (second: number): number => (second < seconds - 25 ? 182 : 655);
  const machine = new SimulatedMachine(
    new Map([
      [
        'host',
        [
          new SimulatedLane({
            ...{ ends: ['10.0.0.5', '10.0.1.9', 8080], opensPerSecond: surge, holdSeconds: 0.1 },
            ...{ closesFirst: true, processes: haproxy, kept: 96 },
          }),
          new SimulatedLane({
            ...{ ends: ['10.0.0.5', '10.0.1.10', 8080], opensPerSecond: steady(214), holdSeconds: 0.1 },
            ...{ closesFirst: true, processes: haproxy, kept: 41 },
          }),
          new SimulatedLane({
            ...{ ends: ['127.0.0.1', '127.0.0.1', 9000], opensPerSecond: steady(150), holdSeconds: 1 },
            ...{ closesFirst: true, processes: [processReport(902, 'php-fpm', 34)], kept: 12, reuse: true },
          }),
          new SimulatedLane({
            ...{ ends: ['10.0.0.5', '10.0.2.4', 6379], opensPerSecond: steady(3), holdSeconds: 30 },
            ...{ closesFirst: false, processes: [processReport(1204, 'app-server', 1_890)], kept: 1_800 },
          }),
          new SimulatedLane({
            ...{ ends: ['fd00::5', 'fd00::1:9', 443], opensPerSecond: steady(6), holdSeconds: 20 },
            ...{ closesFirst: true, processes: [processReport(977, 'envoy', 310)], kept: 260 },
            stuck: { FIN_WAIT2: 180 },
          }),
          new SimulatedLane({
            ...{ ends: ['10.0.0.5', '10.0.9.9', 8443], opensPerSecond: steady(0), holdSeconds: 1 },
            ...{ closesFirst: false, processes: [processReport(1377, 'billing', 430)], kept: 10 },
            stuck: { CLOSE_WAIT: 420 },
          }),
          new SimulatedLane({
            ...{ ends: ['10.0.0.5', '10.0.3.1', 5432], opensPerSecond: steady(0), holdSeconds: 1 },
            ...{ closesFirst: false, processes: [processReport(1204, 'app-server', 60)], kept: 60 },
          }),
        ],
      ],
      [
        'web',
        [
          new SimulatedLane({
            ...{ ends: ['10.4.0.2', '10.0.1.9', 8080], opensPerSecond: steady(38), holdSeconds: 0.1 },
            ...{ closesFirst: true, processes: [processReport(2210, 'nginx', 8)], kept: 4 },
          }),
        ],
      ],
      ['build-7', []],
    ]),
    endsAtMs - 1000 * seconds,
  );
  machine.pass(seconds);
  return machine;
}
