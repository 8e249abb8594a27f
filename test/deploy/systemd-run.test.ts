import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { needsPrograms } from '../kit/needs.ts';
import { execStart, needsOwnSystemd, runUnit, UNIT, type UnitRun } from '../kit/own-systemd.ts';
import { needsProgram, PROGRAM } from '../kit/program.ts';

/** Takes the place of the agent: as it is confined, so is this. */
function inPlaceOfAgent(command: string, dropIns: readonly string[] = [], before = ''): Promise<UnitRun> {
  const service = ['Type=oneshot', 'WatchdogSec=0', 'Restart=no', 'ExecStart=', execStart(command)];
  return runUnit({ dropIns, service, before });
}

const FOURTUPLE = `${process.execPath} ${PROGRAM}`;
/** Of another user: three connections to itself. */
const OTHERS_LANE = `import net from "node:net"; net.createServer(() => {}).listen(9000, "127.0.0.1", () => { for (let i = 0; i < 3; i += 1) net.connect(9000, "127.0.0.1"); });`;
const client = (prefix: string): string =>
  `${prefix} setpriv --reuid=65534 --clear-groups ${process.execPath} --input-type=module --eval '${OTHERS_LANE}' &
   until ${prefix} ss -Htn state established 'dport = 9000' | grep -q 9000; do sleep 0.05; done`;

describe('the unit, run by a systemd of its own', () => {
  needsPrograms('systemd-analyze', 'unshare', 'setpriv', 'ip', 'ss', 'curl');
  needsOwnSystemd();
  needsProgram();

  it('reads everything of its own namespace, and writes its history only', async () => {
    const { out, shown } = await inPlaceOfAgent(
      `${FOURTUPLE} status --json; echo END; id -un; touch $STATE_DIRECTORY/history.db && stat -c %U:%n /var/lib/fourtuple $STATE_DIRECTORY/history.db;
       for file in /var/lib/fourtuple/journal /etc/fourtuple /proc/sys/net/ipv4/tcp_tw_reuse /sys/kernel/tracing/tracing_on /run/a; do touch $file && echo $file was written; done; exit 0`,
      [],
      client(''),
    );
    expect(shown).toMatchObject({ Result: 'success', ExecMainStatus: '0' });
    const [report = '', rest = ''] = out.split('END\n');
    const { namespaces } = JSON.parse(report);
    expect(namespaces).toMatchObject([
      { source: 'sock_diag', lanes: [{ port: 9000, used: 3, processes: [{ name: 'node', sockets: 3 }] }] },
    ]);
    expect(namespaces[0].settings).toMatchObject({ tcpTwReuse: 2, tcpTimestamps: 1, tcpFinTimeoutSeconds: 60 });
    expect(rest).toContain('fourtuple-agent\nroot:/var/lib/fourtuple\nfourtuple-agent:/var/lib/');
    expect(rest).not.toContain('was written');
    expect(rest.match(/cannot touch/g)).toHaveLength(5);
  });

  it('sees other namespaces with netns.conf only', async () => {
    const before = `ip netns add web && ip netns exec web ip link set lo up && ${client('ip netns exec web')}`;
    const without = await inPlaceOfAgent(`${FOURTUPLE} status --netns web --json`, [], before);
    expect(without.out).toContain("the network namespace 'web' may not be entered without CAP_SYS_ADMIN");
    const { out } = await inPlaceOfAgent(`${FOURTUPLE} status --netns web --json`, ['netns'], before);
    expect(JSON.parse(out).namespaces).toMatchObject([
      { name: 'web', lanes: [{ used: 3, processes: [{ name: 'node', sockets: 3 }] }] },
    ]);
  });

  it('may trace with tracing.conf only', async () => {
    const command = `${FOURTUPLE} doctor --trace 200ms --json`;
    expect((await inPlaceOfAgent(command)).out).toMatch(/trace instance may not be made/);
    for (const dropIns of [['tracing'], ['netns', 'tracing']]) {
      const { out } = await inPlaceOfAgent(command, dropIns);
      expect(JSON.parse(out)).toMatchObject({ schema: 1, findings: [] });
    }
  });

  it('hands over the token with remote.conf, to nobody else', async () => {
    const token = '0123456789abcdef0123456789abcdef';
    const before = `mount -t tmpfs tmpfs /etc/opt && echo ${token} > /etc/opt/token && chmod 600 /etc/opt/token`;
    const service = [
      ...['Type=oneshot', 'WatchdogSec=0', 'Restart=no', 'LoadCredential=', 'LoadCredential=token:/etc/opt/token'],
      ...['ExecStart=', `ExecStart=${FOURTUPLE} agent --print-config`],
    ];
    const { out } = await runUnit({ dropIns: ['remote'], service, before });
    expect(out).toMatch(/^listen: ":10404" +# FOURTUPLE_LISTEN$/m);
    expect(out).toMatch(/^tokenFile: auto +# default; here that of systemd$/m);
    expect(out).toMatch(/^history: on +# default; here \/var\/lib\/(private\/)?fourtuple\/agent\/history.db$/m);
    expect(out).not.toContain(token);
  });

  it.each<[readonly string[], number]>([
    [[], 1],
    [['netns', 'tracing'], 3],
  ])('runs the agent, with %j', async (dropIns, namespaces) => {
    const ask = (path: string): string => `curl --silent --show-error http://127.0.0.1:10404${path}`;
    const { out, shown, after } = await runUnit({
      dropIns,
      service: ['ExecStart=', `ExecStart=${FOURTUPLE} agent --log json`],
      before: 'ip netns add web',
      // One that comes later is seen too: what is mounted outside comes through.
      after: `ip netns add late; count=0;
        until test $count -eq ${namespaces}; do sleep 0.1; count=$(${ask('/metrics')} | grep -c ^fourtuple_lanes{); done;
        ${ask('/healthz')}; echo END; stat -c %U $(readlink -f /var/lib/fourtuple/agent/history.db);
        systemctl stop ${UNIT}; systemctl show --property=Result --value ${UNIT}`,
    });
    const [health = '', rest] = after.split('END\n');
    expect(JSON.parse(health)).toMatchObject({ isHealthy: true, problems: [] });
    expect(rest).toBe('fourtuple-agent\nsuccess\n');
    expect(shown.StatusText).toContain('ending');
    expect(out).toContain('"event":"ended"');
  });

  it('has started when it says so, and not before', async () => {
    const module = fileURLToPath(new URL('../../dist/linux/service-manager.js', import.meta.url));
    const script = `import { ServiceManager } from "${module}"; const manager = new ServiceManager(process.env); console.log(manager.watchdogMs); setInterval(() => {}, 1e6); STEP`;
    const start = (step: string, seconds: number): Promise<UnitRun> => {
      const program = script.replace('STEP', step);
      const command = `ExecStart=${process.execPath} --input-type=module --eval '${program}'`;
      return runUnit({ service: ['Restart=no', `TimeoutStartSec=${seconds}`, 'ExecStart=', command] });
    };
    const ready = await start('manager.ready("Watching 3 namespaces")', 15);
    expect(ready.out).toBe('30000\n');
    expect(ready.shown).toMatchObject({ ActiveState: 'active', StatusText: 'Watching 3 namespaces' });
    const silent = await start('manager.status("Not yet")', 2);
    expect(silent.shown).toMatchObject({ ActiveState: 'failed', Result: 'timeout' });
  });
});
