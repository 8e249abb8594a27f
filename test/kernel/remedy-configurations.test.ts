import { describe, expect, it } from 'vitest';
import { REMEDIES } from '../../src/remedies/catalog.ts';
import type { LaneFacts } from '../../src/remedies/remedy.ts';
import { laneFactsLike, situationLike } from '../kit/machines.ts';
import { needsPrograms } from '../kit/needs.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { run } from '../kit/program.ts';
import { haproxyConfiguration, nginxConfiguration, writeConfiguration } from '../kit/proxies.ts';

const LANES = {
  IPv4: { source: '10.0.0.5', destination: '10.0.1.9' },
  IPv6: { source: '2001:db8::5', destination: '2001:db8::9' },
  loopback: { source: '127.0.0.1', destination: '127.0.0.1', isLocal: true },
} as const;
type Family = keyof typeof LANES;

/** Each text of the catalog for a program, with what must be filled in filled in. */
function texts(name: 'nginx' | 'haproxy', family: Family, version: string | null): [id: string, text: string][] {
  const lane: LaneFacts = laneFactsLike({ ...LANES[family], program: { name, version } });
  return REMEDIES.flatMap(({ id, byHand }) =>
    byHand(situationLike({ lane }))
      .filter(({ where }) => where === name)
      .map(({ text }): [string, string] => [id, fillIn(text, family)]),
  );
}

function fillIn(text: string, family: Family): string {
  const address = family === 'IPv6' ? '2001:db8::77' : '10.0.0.77';
  return text
    .replaceAll(/\[?NEW_ADDRESS\]?/g, (found) =>
      found.startsWith('[') || family === 'IPv6' ? `[${address}]` : address,
    )
    .replaceAll('NEW_PORT', '8081');
}

const cases = (['IPv4', 'IPv6', 'loopback'] as const).flatMap((family) => [
  ...['1.22.1', '1.29.7', null].flatMap((version) =>
    texts('nginx', family, version).map((text) => ['nginx', family, ...text, version] as const),
  ),
  ...texts('haproxy', family, null).map((text) => ['haproxy', family, ...text, null] as const),
]);

const WITH_CONFIGURATION = [
  'bind-address-no-port',
  'connect-timeout',
  'keep-connections',
  'more-destination-addresses',
  'more-destination-ports',
  'more-source-addresses',
];

describe('what a person types', () => {
  usesPrivateNamespace();

  it('is there for nginx and HAProxy wherever a configuration helps', () => {
    const ids = (name: string): string[] =>
      [...new Set(cases.filter(([of]) => of === name).map(([, , id]) => id))].sort();
    expect(ids('nginx')).toEqual(WITH_CONFIGURATION);
    expect(ids('haproxy')).toEqual(['close-from-other-end', ...WITH_CONFIGURATION].sort());
  });

  describe('for nginx', () => {
    needsPrograms('nginx');
    for (const [, family, id, text, version] of cases.filter(([name]) => name === 'nginx')) {
      it(`is taken by it: ${id}, ${family}, as for version ${version}`, async () => {
        const { folder, file } = writeConfiguration(nginxConfiguration(text));
        expect(await run('nginx', ['-t', '-p', folder, '-e', 'stderr', '-c', file])).toMatchObject({ code: 0 });
      });
    }
  });

  describe('for HAProxy', () => {
    needsPrograms('haproxy');
    for (const [, family, id, text] of cases.filter(([name]) => name === 'haproxy')) {
      it(`is taken by it: ${id}, ${family}`, async () => {
        const frontend = text.includes('frontend FRONTEND') ? '' : 'frontend FRONTEND\ndefault_backend BACKEND\n';
        const bound = `${frontend}${text}`.replace('frontend FRONTEND', 'frontend FRONTEND\nbind 127.0.0.1:8000');
        const { file } = writeConfiguration(haproxyConfiguration(bound, ['mode http']));
        expect(await run('haproxy', ['-c', '-f', file])).toEqual({
          code: 0,
          out: 'Configuration file is valid\n',
          error: '',
        });
      });
    }
  });
});
