import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { fourtuple, needsProgram } from '../kit/program.ts';
import { temporaryFolder } from '../kit/proxies.ts';
import { readSysctl } from '../kit/sysctl.ts';

const SETTINGS = ['ip_local_port_range', 'tcp_tw_reuse', 'tcp_fin_timeout'];
const REMEDIES = ['wider-range', 'tcp-tw-reuse', 'lower-fin-timeout'];

const settings = (): string[] => SETTINGS.map((name) => readSysctl(`ipv4.${name}`));

describe('several fixes at once', () => {
  usesPrivateNamespace();
  needsProgram();

  it('each have their turn, none loses its way back, and one that comes second finds nothing to do', async () => {
    const before = settings();
    const options = { env: { FOURTUPLE_STATE_DIRECTORY: join(temporaryFolder(), 'state') } };
    const twice = [...REMEDIES, ...REMEDIES];
    const runs = await Promise.all(
      twice.map((remedy) => fourtuple(['fix', remedy, '--apply', '--observe', '0'], options)),
    );
    expect(runs.map(({ code }) => code)).toEqual(twice.map(() => 0));
    expect(runs.filter(({ out }) => out.includes('Nothing to do'))).toHaveLength(REMEDIES.length);
    const after = settings();
    expect(after.filter((value, index) => value !== before[index])).toHaveLength(SETTINGS.length);
    const undone = await fourtuple(['fix', '--undo', 'all'], options);
    expect(undone).toMatchObject({ code: 0, error: '' });
    expect(settings()).toEqual(before);
  });
});
