import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readConfigText } from '../../src/agent/config/config-file.ts';
import { configText } from '../../src/agent/config/config-text.ts';
import { agentConfig, loadAgentConfig } from '../../src/agent/config/load-agent-config.ts';
import { environmentName, flagOf } from '../../src/agent/config/setting.ts';
import { SETTING_NAMES, SETTINGS, type SettingName } from '../../src/agent/config/settings.ts';
import { settingsInForce } from '../../src/agent/config/settings-in-force.ts';
import { withoutCapabilities } from '../kit/without-capabilities.ts';

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'fourtuple-config-'));
});

afterEach(() => {
  rmSync(home, { recursive: true });
});

function write(name: string, text: string, mode = 0o600): string {
  const file = join(home, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
}

const TOKEN = '0123456789abcdef';
/** What says something else than the initial value. */
const OTHER: Readonly<Record<SettingName, string>> = {
  listen: '[::1]:8080',
  open: 'on',
  tokenFile: 'none',
  hostNames: 'proxy,proxy.example.com',
  namespaces: 'own',
  interval: '5s',
  cpuBudget: '2%',
  lanes: '7',
  history: '/var/tmp/h.db',
  historySize: '1GiB',
  refusals: 'off',
  closes: 'off',
  log: 'json',
};

describe('the configuration', () => {
  it('is complete where nothing is said', async () => {
    const config = await loadAgentConfig({}, { HOME: home, XDG_CONFIG_HOME: home });
    expect(config).toEqual({
      listen: { host: '127.0.0.1', port: 10_404, token: null, isOpen: false, hostNames: [] },
      namespaces: expect.anything(),
      intervalSeconds: 1,
      cpuBudget: 0.01,
      lanesPerNamespace: 50,
      history: { file: '/var/lib/fourtuple/agent/history.db', mostBytes: 256e6 },
      traceRefusals: true,
      watchCloses: true,
      log: 'text',
    });
  });

  it.each(SETTING_NAMES)('takes %s from its flag before the environment before the file', async (name) => {
    const { initial, kind, isSwitch } = SETTINGS[name];
    const other = OTHER[name];
    expect(kind.read(other)).not.toEqual(kind.read(initial));
    const file = write('agent.yaml', `# the first line\n${name}: ${JSON.stringify(other)}\n`);
    const inFile = (await settingsInForce({ config: file }, {})).settings[name];
    expect(inFile).toMatchObject({ source: `${file}:2`, value: kind.read(other) });

    const environment = { [environmentName(name)]: initial === '' ? 'a' : initial };
    const inEnvironment = (await settingsInForce({ config: file }, environment)).settings[name];
    expect(inEnvironment).toMatchObject({ source: environmentName(name), value: kind.read(initial || 'a') });

    const flag = isSwitch === true ? kind.read(other) === true : other;
    const said = (await settingsInForce({ config: file, [name]: flag }, environment)).settings[name];
    expect(said).toMatchObject({ source: flagOf(name), value: kind.read(other) });
  });

  it('has one name for each setting', () => {
    expect([flagOf('cpuBudget'), environmentName('cpuBudget')]).toEqual(['--cpu-budget', 'FOURTUPLE_CPU_BUDGET']);
    for (const name of SETTING_NAMES) expect(SETTINGS[name].kind.read(SETTINGS[name].initial), name).toBeDefined();
  });

  it('is printed as a file that says the same', async () => {
    const texts = fc.record(
      {
        listen: fc.constantFrom('localhost', ':10404', '[::1]:1', '127.0.0.1:65535'),
        hostNames: fc.constantFrom('', 'a', 'a,10.0.0.5', '::1'),
        namespaces: fc.constantFrom('auto', 'own', 'web', 'web, 811,/run/netns/a b', '#a', "it's"),
        interval: fc.constantFrom('1s', '1.5s', '1m'),
        history: fc.oneof(fc.constantFrom('on', 'off', 'null', '~', '- a', 'a: b', ' a'), fc.string({ minLength: 1 })),
        historySize: fc.constantFrom('16 MB', '1GiB'),
        refusals: fc.boolean(),
      },
      { requiredKeys: ['listen'] },
    );
    await fc.assert(
      fc.asyncProperty(texts, async (flags) => {
        fc.pre(flags.history === undefined || SETTINGS.history.kind.read(flags.history) !== undefined);
        const inForce = await settingsInForce({ ...flags, open: true, config: '/dev/null' }, {});
        const printed = configText(inForce, agentConfig(inForce, {}));
        const file = write('agent.yaml', printed);
        const again = await settingsInForce({ config: file }, {});
        expect(agentConfig(again, {})).toEqual(agentConfig(inForce, {}));
        expect(readConfigText(printed, 'it').size).toBe(SETTING_NAMES.length);
      }),
    );
  });

  it('reads the file of the user, else none but the one that is named', async () => {
    const file = write('fourtuple/agent.yaml', 'interval: 3s\n');
    const own = await settingsInForce({}, { XDG_CONFIG_HOME: home });
    expect(own).toMatchObject({ file, settings: { interval: { value: 3 } } });
    const named = write('other.yaml', 'interval: 4s\n');
    expect((await settingsInForce({}, { XDG_CONFIG_HOME: home, FOURTUPLE_CONFIG: named })).file).toBe(named);
    expect((await settingsInForce({ config: named }, { XDG_CONFIG_HOME: home })).file).toBe(named);
  });

  it('takes an empty variable for one that is not set, and a file of comments for one that says nothing', async () => {
    const config = write('agent.yaml', '\uFEFF# interval: 5s\n\n   # more\r\n');
    const { settings } = await settingsInForce({ config }, { FOURTUPLE_INTERVAL: '', FOURTUPLE_CONFIG: '' });
    expect(settings.interval).toMatchObject({ value: 1, source: 'default' });
  });

  it('keeps the history where systemd, the environment or nobody says', async () => {
    const historyWith = async (environment: Record<string, string>): Promise<string | undefined> =>
      (await loadAgentConfig({ config: '/dev/null' }, environment)).history?.file;
    expect(await historyWith({ STATE_DIRECTORY: '/var/lib/a:/var/lib/b' })).toBe('/var/lib/a/history.db');
    expect(await historyWith({ FOURTUPLE_STATE_DIRECTORY: '/tmp/s' })).toBe('/tmp/s/agent/history.db');
    expect(await historyWith({ FOURTUPLE_HISTORY: 'off' })).toBeUndefined();
    expect(await historyWith({ FOURTUPLE_HISTORY: '/a/b/../c.db' })).toBe('/a/c.db');
  });

  it('watches only its own namespace where it may not enter others', async () => {
    const inForce = await settingsInForce({ config: '/dev/null' }, {});
    expect(withoutCapabilities(() => agentConfig(inForce, {})).namespaces).toBe('own');
    const asked = await settingsInForce({ config: '/dev/null', namespaces: 'all' }, {});
    expect(withoutCapabilities(() => agentConfig(asked, {})).namespaces).toBe('all');
  });
});

describe('a mistake in the configuration', () => {
  const failure = async (text: string): Promise<string> => {
    const config = write('agent.yaml', text);
    return loadAgentConfig({ config }, {}).then(
      () => 'none',
      (error) => `${error.code} ${error.message.replaceAll(config, 'FILE')}`,
    );
  };

  it.each([
    ['intervall: 5s', "FILE:1:1: 'intervall' is no key of the configuration, interval was expected"],
    ['cpu_budget: 1%', "FILE:1:1: 'cpu_budget' is no key of the configuration, cpuBudget was expected"],
    ['token: secret', "FILE:1:1: 'token' is no key of the configuration, tokenFile was expected"],
    ['\ninterval: 5', "FILE:2:11: interval is '5', a time from 1s to 1m was expected"],
    ['interval:', 'FILE:1:1: interval has no value, a time from 1s to 1m was expected'],
    ['interval: [5s]', 'FILE:1:11: interval is a list, a time from 1s to 1m was expected'],
    ['interval: 5s\ninterval: 6s', 'FILE:2:1: interval stands here again, first in line 1; once was expected'],
    ['namespaces:\n  - web\n  - all', "FILE:3:5: namespaces is 'all', the name of a network namespace"],
    ['namespaces:\n  - web\n  -', 'FILE:2:3: namespaces has no value, the name of a network namespace'],
    [
      'namespaces: []',
      'FILE:1:13: namespaces is an empty list, auto, all, own, or namespaces with commas between was expected',
    ],
    [
      'hostNames: [a, b c]',
      "FILE:1:16: hostNames is 'b c', a name or an address of a host, with a port or without was expected",
    ],
    ['hostNames: { a: b }', 'FILE:1:12: hostNames is a mapping'],
    ['- listen', 'FILE:1:1: here is a list, the configuration with listen, open, tokenFile and so on was expected'],
    ['listen: "a', 'FILE:1:11: no YAML: Missing closing "quote'],
    ['\tlisten: a', 'FILE:1:1: '],
    ['listen: a\n---\nlisten: b', 'FILE:2:1: a second document begins here, one was expected'],
    ['log: xml', "FILE:1:6: log is 'xml', text or json was expected"],
    ['history: "a\\u001b[2J"', "FILE:1:10: history is 'a?[2J', on, off, or the path of a file was expected"],
    ['\u0000', 'FILE:1:1: this is no text in UTF-8, which was expected'],
  ])('%j is told with its place', async (text, message) => {
    expect(await failure(text)).toContain(`FT_CONFIG ${message}`);
  });

  it('is told all at once, as far as it is about the file', async () => {
    expect((await failure('interval: 5\nlanes: 0\nlog: no')).split('\n')).toHaveLength(3);
  });

  it('names the variable', async () => {
    await expect(loadAgentConfig({ config: '/dev/null' }, { FOURTUPLE_CPU_BUDGET: '5' })).rejects.toMatchObject({
      code: 'FT_CONFIG',
      message: "FOURTUPLE_CPU_BUDGET is '5', a part of one core from 0.1% to 100% was expected",
    });
  });

  it('is also a file that is named and cannot be read', async () => {
    for (const config of [join(home, 'missing.yaml'), home]) {
      await expect(loadAgentConfig({ config }, {})).rejects.toMatchObject({
        code: 'FT_CONFIG',
        message: expect.stringContaining('the configuration cannot be read: '),
      });
    }
  });
});

describe('who may read', () => {
  const load = (environment: Record<string, string>): ReturnType<typeof loadAgentConfig> =>
    loadAgentConfig({ config: '/dev/null' }, environment);

  it.each([':10404', '10.0.0.5:1', 'proxy:1', '[::]:1'])('is let in as is said, at %s', async (address) => {
    expect((await load({ FOURTUPLE_LISTEN: address })).listen).toMatchObject({ token: null, isOpen: false });
    const open = await load({ FOURTUPLE_LISTEN: address, FOURTUPLE_OPEN: 'on' });
    expect(open.listen).toMatchObject({ token: null, isOpen: true });
    const file = write('token', `${TOKEN}\n`);
    const closed = await load({ FOURTUPLE_LISTEN: address, FOURTUPLE_TOKEN_FILE: file });
    expect(closed.listen).toMatchObject({ token: TOKEN, isOpen: false });
  });

  it('is asked for a token on loopback too, where there is one', async () => {
    write('credentials/token', `${TOKEN}\n`, 0o400);
    const environment = { CREDENTIALS_DIRECTORY: join(home, 'credentials') };
    expect((await load(environment)).listen.token).toBe(TOKEN);
    expect((await load({ ...environment, FOURTUPLE_TOKEN_FILE: 'none' })).listen.token).toBeNull();
    expect((await load({ ...environment, FOURTUPLE_OPEN: 'on' })).listen.token).toBeNull();
    expect((await load({ CREDENTIALS_DIRECTORY: home })).listen.token).toBeNull();
  });

  it.each([
    ['others may read it', TOKEN, 0o604, 'is no secret'],
    ['others may write it', TOKEN, 0o602, 'is no secret'],
    ['it is short', 'secret', 0o600, 'holds no token'],
    ['it is empty', '', 0o600, 'holds no token'],
    ['it has two lines', `${TOKEN}\n${TOKEN}`, 0o600, 'holds no token'],
    ['it is too long', 'a'.repeat(2_000), 0o600, 'holds no token'],
  ])('is not asked for a token where %s', async (_, text, mode, message) => {
    const file = write('token', text, mode);
    const loaded = load({ FOURTUPLE_TOKEN_FILE: file });
    await expect(loaded).rejects.toMatchObject({ code: 'FT_CONFIG', message: expect.stringContaining(message) });
    if (text !== '') await expect(loaded).rejects.not.toThrow(text);
  });

  it('cannot be both everybody and who has the token', async () => {
    const file = write('token', TOKEN);
    await expect(load({ FOURTUPLE_TOKEN_FILE: file, FOURTUPLE_OPEN: 'yes' })).rejects.toThrow(/exclude each other/);
    await expect(load({ FOURTUPLE_TOKEN_FILE: join(home, 'no') })).rejects.toThrow(/the token cannot be read: ENOENT/);
  });
});
