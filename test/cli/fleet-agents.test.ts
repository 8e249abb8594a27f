import { afterEach, describe, expect, it } from 'vitest';
import type { FleetReport } from '../../src/cli/fleet/fleet-report.ts';
import { hold, serve } from '../kit/connections.ts';
import { fillWithTimeWait } from '../kit/fill.ts';
import { joinTo } from '../kit/links.ts';
import { needsPrograms } from '../kit/needs.ts';
import { createNamespace, currentNamespace, inside, type NetworkNamespace } from '../kit/network-namespace.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { fourtuple, needsProgram } from '../kit/program.ts';
import { type PrometheusServer, startPrometheus } from '../kit/prometheus.ts';
import { endAgents, RunningAgent } from '../kit/running-agent.ts';
import { setPortRange, writeSysctl } from '../kit/sysctl.ts';

needsProgram();
needsPrograms('prometheus');
usesPrivateNamespace();

let prometheus: PrometheusServer | undefined;
afterEach(async () => {
  await prometheus?.stop();
  await endAgents();
});

/** A machine, as far as its network tells: an agent runs in it, which this namespace reaches. */
function machine(number: number): { readonly namespace: NetworkNamespace; readonly address: string } {
  const namespace = createNamespace();
  const address = `10.78.${number}.2`;
  joinTo(
    namespace,
    { link: `ft${number}`, addresses: [`10.78.${number}.1/24`] },
    { link: 'eth0', addresses: [`${address}/24`] },
  );
  return { namespace, address };
}

describe('fourtuple fleet', () => {
  it('shows what real agents in several network namespaces see, the worst first', { timeout: 60_000 }, async () => {
    const [full, half, idle] = [machine(1), machine(2), machine(3)];
    inside(full.namespace, () => {
      setPortRange(40_000, 40_199);
      writeSysctl('ipv4.tcp_tw_reuse', 0);
      fillWithTimeWait(serve('127.0.0.1', 9_000));
    });
    inside(half.namespace, () => {
      setPortRange(40_000, 40_199);
      hold(80, serve('127.0.0.1', 9_000));
    });
    const targets: string[] = [];
    for (const { namespace, address } of [full, half, idle]) {
      const listen = `${address}:10404`;
      await inside(namespace, () => ({ started: RunningAgent.start(['--namespaces', 'own', '--open'], { listen }) }))
        .started;
      targets.push(listen);
    }
    const server = await startPrometheus({
      targets: { fourtuple: [...targets, '10.78.1.2:9'] },
      intervalMs: 1_000,
      scrapeOptions: ['honor_labels: true'],
    });
    prometheus = server;
    await server.until('count(fourtuple_lane_slots{port="9000"})', ([count]) => count === 2);
    await server.until('count(up == 0)', ([count]) => count === 1);
    expect(currentNamespace().inode).not.toBe(full.namespace.inode);
    const { code, out, error } = await fourtuple(['fleet', '--prometheus', server.url, '--json']);
    expect({ code, error }).toEqual({ code: 0, error: '' });
    const report = JSON.parse(out) as FleetReport;
    const found = report.machines.map(({ labels }) => labels.instance);
    expect(found[0]).toBe(targets[0]);
    expect(found).toEqual(expect.arrayContaining([...targets, '10.78.1.2:9']));
    expect(report.machinesTotal).toBe(4);
    const worst = report.machines[0]?.lanes[0];
    expect(worst).toMatchObject({
      destination: '127.0.0.1',
      port: 9_000,
      slots: 200,
      used: 200,
      secondsToExhaustion: 0,
    });
    const text = await fourtuple(['fleet', '--prometheus', server.url]);
    expect(text.out).toContain(targets[0] as string);
    expect(text.out).toContain('exhausted');
  });
});
