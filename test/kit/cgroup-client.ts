import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach } from 'vitest';

/** What became of the connections of a client. */
export interface ClientOutcome {
  readonly pid: number;
  readonly taken: number;
  readonly refused: number;
}

const CLIENT = `
const [address, port, count] = process.argv.slice(1);
let [taken, refused] = [0, 0];
const connect = (left) => {
  if (left === 0) return void console.log(JSON.stringify({ taken, refused }));
  const socket = require('node:net').connect({ host: address, port: Number(port) });
  let open = false;
  socket.on('connect', () => { open = true; taken += 1; connect(left - 1); });
  socket.on('error', ({ code }) => {
    if (open) return;
    if (code !== 'EADDRNOTAVAIL') throw new Error(code);
    refused += 1;
    connect(left - 1);
  });
};
connect(Number(count));
`;

const started = new Set<ChildProcess>();

/** Ends the clients of each test before its cgroups are removed: to be called after `usesCgroups`. */
export function usesCgroupClients(): void {
  afterEach(async () => {
    for (const child of started) {
      const gone = once(child, 'exit');
      if (child.kill('SIGKILL')) await gone;
      started.delete(child);
    }
  });
}

/**
 * Runs a program in a cgroup that opens connections one after the other, lets the kernel choose all of their ends, and keeps
 * them until the test ends. Any failure but the want of a port ends it.
 *
 * @param cgroup directory
 */
export async function connectInCgroup(
  cgroup: string,
  to: { readonly address: string; readonly port: number },
  count: number,
): Promise<ClientOutcome> {
  const command = 'echo $$ > "$0/cgroup.procs" && exec "$@"';
  const args = [process.execPath, '-e', CLIENT, to.address, `${to.port}`, `${count}`];
  const child = spawn('sh', ['-c', command, cgroup, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  started.add(child);
  const [text] = await once(child.stdout.setEncoding('utf8'), 'data');
  return { pid: child.pid as number, ...JSON.parse(text) };
}
