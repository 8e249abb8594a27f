import { describe, expect, it } from 'vitest';
import { keepConnections } from '../../src/remedies/keep-connections.ts';
import { laneFactsLike, situationLike } from '../kit/machines.ts';
import { needsPrograms } from '../kit/needs.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { type Run, run } from '../kit/program.ts';
import { serveHttp, startProgram } from '../kit/proxies.ts';
import { setPortRange, writeSysctl } from '../kit/sysctl.ts';

const PORTS = 100;
const REQUESTS = 300;

function typed(name: string, port: number): string {
  const lane = laneFactsLike({ destination: '127.0.0.1', port, program: { name, version: null } });
  const instructions = keepConnections.byHand(situationLike({ lane }));
  expect(instructions.map(({ where }) => where)).toEqual(['shell']);
  return (instructions[0]?.text ?? '').replace('REQUESTS', `${REQUESTS}`).replace('CLIENTS', '4');
}

const shell = (command: string): Promise<Run> => run('sh', ['-c', command]);

function makeRoomShort(): void {
  writeSysctl('ipv4.tcp_tw_reuse', 0);
  setPortRange(40_000, 40_000 + PORTS - 1);
}

describe('a client that runs out of ports', () => {
  usesPrivateNamespace();

  describe('redis-benchmark', () => {
    needsPrograms('redis-benchmark', 'redis-server', 'ss');

    it('runs to its end as it is told, and not with -k 0', async () => {
      await startProgram('redis-server', ['--port', '6379', '--save', '', '--bind', '127.0.0.1'], 6379);
      makeRoomShort();
      const command = `${typed('redis-benchmark', 6379)} -n ${REQUESTS} -c 4 -t ping_mbulk -q`;
      expect(await shell(command)).toMatchObject({ code: 0, error: '' });
      const without = await shell(command.replace('-k 1', '-k 0'));
      expect(without.code).not.toBe(0);
      expect(without.error).toContain('Cannot assign requested address');
    });
  });

  describe('ab', () => {
    needsPrograms('ab');

    it('runs to its end as it is told', async () => {
      const backend = await serveHttp('127.0.0.1');
      makeRoomShort();
      expect(await shell(typed('ab', backend.port))).toMatchObject({ code: 0 });
      expect(backend.opens).toBeLessThan(10);
      await shell(typed('ab', backend.port).replace('-k ', ''));
      expect(backend.opens).toBeGreaterThan(PORTS / 2);
    });
  });
});
