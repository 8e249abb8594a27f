import { beforeEach, describe, expect, it } from 'vitest';
import { makeCgroup, usesCgroups } from '../kit/cgroups.ts';
import { fillFrom, moveTo, runIn, startFix } from '../kit/fix-spreading.ts';
import { newFixState } from '../kit/fixing.ts';
import { addAddress, joinTo } from '../kit/links.ts';
import { needsPrograms } from '../kit/needs.ts';
import { createNamespace, inside, type NetworkNamespace } from '../kit/network-namespace.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { needsProgram } from '../kit/program.ts';
import { haproxyConfiguration, startHaproxy, startNginx } from '../kit/proxies.ts';
import { requestsUntilRefused } from '../kit/requests-until-refused.ts';
import { setPortRange, writeSysctl } from '../kit/sysctl.ts';

const SOURCES = 4;
const LEAST_SHARE = 0.999;
const PORT = 8080;

const FAMILIES = {
  IPv4: { backend: '10.9.0.9', host: '10.9.0.9', sources: '10.9.1.1-10.9.1.4', first: '10.9.1.1', bits: 32 },
  IPv6: {
    backend: 'fd00:9::9',
    host: '[fd00:9::9]',
    sources: 'fd00:9:1::1-fd00:9:1::4',
    first: 'fd00:9:1::1',
    bits: 128,
  },
};

const nginx = (host: string): Promise<number> =>
  startNginx(PORT, `server { listen ${host}:${PORT}; keepalive_requests 100000; location / { return 200 ok; } }`);

describe('an unmodified program that is spread uses every slot before one is refused', { timeout: 120_000 }, () => {
  usesPrivateNamespace();
  usesCgroups('cgroup2');
  needsProgram();
  needsPrograms('nginx');

  let clients: NetworkNamespace;
  const inRange = (slots: number): void => setPortRange(40_000, 40_000 + slots - 1);
  beforeEach(() => {
    writeSysctl('ipv4.tcp_tw_reuse', 0);
    clients = createNamespace();
    joinTo(clients, { link: 'near', addresses: ['10.77.0.1/24'] }, { link: 'far', addresses: ['10.77.0.2/24'] });
  });

  describe.each(Object.entries(FAMILIES))('by %s', (_, { backend, host, sources, first, bits }) => {
    beforeEach(() => addAddress('lo', `${backend}/${bits}`));
    const spread = (cgroup: string) =>
      startFix(
        ...([newFixState(), 'spread-sources', '--sources', sources, '--add-to', 'lo'] as const),
        ...['--to', `${host}:${PORT}`, '--cgroup', cgroup, '--apply'],
      );

    describe('curl, over and over', () => {
      needsPrograms('curl');
      it('also where one source is full', async () => {
        const slots = 100;
        inRange(slots);
        await nginx(host);
        addAddress('lo', `${first}/${bits}`);
        expect(fillFrom(first, { address: backend, port: PORT })).toBe(slots);
        const cgroup = makeCgroup('client');
        await spread(cgroup);
        const loop = `made=0; while curl -gsf -o /dev/null 'http://${host}:${PORT}/'; do made=$((made + 1)); done; echo $made`;
        const { out } = await runIn(cgroup, 'sh', ['-c', loop]);
        expect(Number(out)).toBeGreaterThanOrEqual(LEAST_SHARE * (SOURCES - 1) * slots);
        expect(Number(out)).toBeLessThanOrEqual((SOURCES - 1) * slots);
      });
    });

    describe('HAProxy in front of nginx', () => {
      needsPrograms('haproxy');
      it.each([false, true])('where one source is full already: %s', async (isFull) => {
        const slots = 500;
        inRange(slots);
        await nginx(host);
        const listen = [
          'listen web',
          'mode tcp',
          'retries 0',
          'bind 10.77.0.1:7000',
          `server backend ${backend}:${PORT}`,
        ];
        const haproxy = await startHaproxy(7000, haproxyConfiguration(listen.join('\n')));
        const cgroup = makeCgroup('client');
        // It goes on as it was started, and is spread from here on.
        moveTo(cgroup, haproxy);
        if (isFull) {
          addAddress('lo', `${first}/${bits}`);
          expect(fillFrom(first, { address: backend, port: PORT })).toBe(slots);
        }
        await spread(cgroup);
        const room = (isFull ? SOURCES - 1 : SOURCES) * slots;
        const asked = inside(clients, () => requestsUntilRefused('http://10.77.0.1:7000/', room + 1));
        const answered = await asked;
        expect(answered).toBeGreaterThanOrEqual(LEAST_SHARE * room);
        expect(answered).toBeLessThanOrEqual(room);
      });
    });
  });
});
