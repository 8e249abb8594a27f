import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { endsWithCgroups } from './cgroups.ts';
import type { Endpoint } from './socket-address.ts';

/** Opens connections to a Redis one after the other, and keeps one open, until it is told to end. */
const CLIENT = `
const net = require('node:net');
const [port, host] = process.argv.slice(1);
const counts = { made: 0, lost: 0, kept: 0, sources: {} };
let goesOn = true;
process.on('SIGTERM', () => { goesOn = false; });
const ask = (socket) => new Promise((resolve, reject) => {
  socket.once('data', resolve).once('error', reject).once('end', reject);
  socket.write('PING\\r\\n');
});
const open = () => net.connect({ port: Number(port), host });
const once = async () => {
  const socket = open();
  try {
    await ask(socket);
    counts.made += 1;
    counts.sources[socket.localAddress] = (counts.sources[socket.localAddress] ?? 0) + 1;
  } catch { counts.lost += 1; }
  socket.destroy();
};
const kept = open().setNoDelay();
ask(kept).then(async () => {
  counts.source = kept.localAddress;
  console.error('open');
  while (goesOn) {
    await once();
    await ask(kept);
    counts.kept += 1;
  }
  console.log(JSON.stringify(counts));
  process.exit(0);
});
`;

/** What a client has seen. */
export interface Seen {
  /** Connections of its loop that were answered, and that were not. */
  readonly made: number;
  readonly lost: number;
  /** How often the connection that it keeps was answered. */
  readonly kept: number;
  /** Where that one leaves from. */
  readonly source: string;
  /** How many of the loop left from where. */
  readonly sources: Readonly<Record<string, number>>;
}

/** A client in a cgroup, with a connection of its own that is open. */
export async function startClient(cgroup: string, { address, port }: Endpoint): Promise<{ end(): Promise<Seen> }> {
  const script = ['-c', 'echo $$ > "$0/cgroup.procs" && exec "$@"', cgroup];
  const args = [...script, process.execPath, '-e', CLIENT, `${port}`, address];
  const child = spawn('sh', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    out += text;
  });
  const ended = once(child, 'close');
  endsWithCgroups(child);
  await once(child.stderr, 'data');
  return {
    end: async () => {
      child.kill('SIGTERM');
      await ended;
      return JSON.parse(out) as Seen;
    },
  };
}
