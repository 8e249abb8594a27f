// How long `doctor` takes from start to exit: `npm run bench:doctor`. Fills one lane of a private network namespace with
// TIME_WAIT, and leaves nothing behind. Needs root.

import { PROGRAM } from '../test/kit/built-program.ts';
import { serve } from '../test/kit/connections.ts';
import { fillWithTimeWait } from '../test/kit/fill.ts';
import { closeAllSockets } from '../test/kit/native-socket.ts';
import { enterNewNamespace, whyNoNamespaces } from '../test/kit/network-namespace.ts';
import { writeSysctl } from '../test/kit/sysctl.ts';
import { timeCommand } from './commands.ts';
import { isMet, type Mark } from './marks.ts';
import { progress, progressEnd } from './progress.ts';
import { median } from './statistics.ts';
import { renderMarks } from './table.ts';

const ROUNDS = 15;

const obstacle = whyNoNamespaces();
if (obstacle === undefined) run();
else {
  process.stderr.write(`bench:doctor: ${obstacle}\n`);
  process.exitCode = 1;
}

function run(): void {
  enterNewNamespace();
  progress('filling a lane');
  writeSysctl('ipv4.tcp_tw_reuse', 0);
  const used = fillWithTimeWait(serve('127.0.0.1', 10_000), { portRange: [32_768, 60_999] });
  progress('doctor, status and ss in turns');
  const [doctor, status, statistics] = [[], [], []] as [number[], number[], number[]];
  for (let round = 0; round < ROUNDS; round += 1) {
    doctor.push(timeCommand([process.execPath, PROGRAM, 'doctor']));
    status.push(timeCommand([process.execPath, PROGRAM, 'status']));
    statistics.push(timeCommand(['ss', '-tan']));
  }
  progressEnd();
  const marks: Mark[] = [
    { name: `doctor on ${used} TIME_WAIT sockets, start to exit`, measured: median(doctor), limit: 300, unit: ' ms' },
    { name: 'doctor: of the time of status', measured: median(doctor) / median(status), limit: 3, unit: '' },
    { name: 'doctor: of the time of ss -tan', measured: median(doctor) / median(statistics), limit: 10, unit: '' },
  ];
  process.stdout.write(renderMarks(marks));
  closeAllSockets();
  process.exitCode = marks.every(isMet) ? 0 : 1;
}
