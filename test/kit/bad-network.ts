import { spawnSync } from 'node:child_process';
import { inside, type NetworkNamespace } from './network-namespace.ts';

/** Of the segments that arrive in a namespace on connections that are open, one in so many is lost. */
export function loseOneIn(count: number, there: NetworkNamespace): void {
  inside(there, () => filter('input', `tcp flags & (syn|fin|rst) == 0 numgen inc mod ${count} == 0 drop`));
}

/** Of the large segments that leave through a link of this namespace, one in so many is overtaken by those behind it. */
export function delayOneIn(count: number, link: string): void {
  runs(`ip link set ${link} gso_max_segs 1`);
  addSlowLane(link, '2mbit');
  filter('postrouting', `meta length > ${LARGE} numgen inc mod ${count} == 0 meta priority set ${SLOW_LANE}`);
}

/** Large segments leave through a link of this namespace at a rate (`70kbit`), small ones at once. */
export function slowDown(link: string, rate: string): void {
  addSlowLane(link, rate);
  filter('postrouting', `meta length > ${LARGE} meta priority set ${SLOW_LANE}`);
}

const LARGE = 500;
/** Class 1:2, as packets are marked with it. */
const SLOW_LANE = '0x10002';

function addSlowLane(link: string, rate: string): void {
  runs(`tc qdisc add dev ${link} root handle 1: htb default 1`);
  runs(`tc class add dev ${link} parent 1: classid 1:1 htb rate 10gbit`);
  runs(`tc class add dev ${link} parent 1: classid 1:2 htb rate ${rate} burst 3k`);
}

function filter(hook: 'input' | 'postrouting', rule: string): void {
  runs('nft -f -', `table ip bad { chain ${hook} { type filter hook ${hook} priority 0; ${rule}; }; }`);
}

function runs(command: string, input = ''): void {
  const [program = '', ...args] = command.split(' ');
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8', input });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${command}: ${stderr.trim()}`);
}
