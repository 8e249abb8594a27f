import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readConfigText } from '../../src/agent/config/config-file.ts';
import { environmentName } from '../../src/agent/config/setting.ts';
import { SETTING_NAMES } from '../../src/agent/config/settings.ts';
import { historyFile } from '../../src/agent/history/history-file.ts';
import { OPEN_PATH } from '../../src/agent/http/guard.ts';
import { CHART, chartValues, fullest, MANIFESTS, readChart } from '../kit/chart.ts';

// biome-ignore lint/suspicious/noExplicitAny: objects of Kubernetes, of which a few fields are looked at
type Manifest = any;

const TEMPLATES = readdirSync(join(CHART, 'templates')).map((file) => readChart(`templates/${file}`));
const SCHEMA = JSON.parse(readChart('values.schema.json'));
const RULES = new URL('../../deploy/prometheus/fourtuple.rules.yml', import.meta.url);

describe('the chart', () => {
  it('has a value for each that its templates name, and uses each', () => {
    const named = new Set(
      TEMPLATES.flatMap((text) => [...text.matchAll(/\.Values\.([\w.]+)/g)].map(([, path]) => path)),
    );
    expect([...named].sort()).toEqual(
      chartValues()
        .map(({ path }) => path)
        .sort(),
    );
  });

  it('explains each value, in values.yaml and in its README', () => {
    const values = chartValues();
    for (const { path, comment } of values) expect(comment, path).toMatch(/^[A-Z].*[.`]$/);
    const rows = values
      .map(({ path, comment, value }) => `| \`${path}\` | \`${JSON.stringify(value)}\` | ${comment} |`)
      .join('\n');
    const readme = readChart('README.md');
    const [head, found] = readme.split(/(?<=\|---\|---\|---\|\n)/).slice(-2) as [string, string];
    if (process.env.UPDATE_GOLDEN === '1')
      writeFileSync(join(CHART, 'README.md'), readme.replace(head + found, `${head}${rows}\n`));
    else expect(found.trim()).toBe(rows);
  });

  it('checks every value by its schema', () => {
    const paths = Object.entries<Manifest>(SCHEMA.properties).flatMap(([name, { properties }]) =>
      properties === undefined || name === 'config' ? [name] : Object.keys(properties).map((key) => `${name}.${key}`),
    );
    expect(paths.filter((path) => path !== 'global').sort()).toEqual(
      chartValues()
        .map(({ path }) => path)
        .sort(),
    );
  });

  it('takes each setting of the agent once: by a value of its own, or in config', () => {
    const { env } = daemonSet().spec.template.spec.containers[0];
    const byValue = SETTING_NAMES.filter((name) => env.some((one: Manifest) => one.name === environmentName(name)));
    expect(byValue).toHaveLength(env.length);
    const inConfig = Object.keys(SCHEMA.properties.config.properties);
    expect([...byValue, ...inConfig].sort()).toEqual([...SETTING_NAMES].sort());
  });

  it.each(readdirSync(join(CHART, 'ci')))('is tried with values that it has: %s', (file) => {
    const values = parse(readChart(`ci/${file}`)) as Record<string, Manifest>;
    expect(Object.keys(SCHEMA.properties)).toEqual(expect.arrayContaining(Object.keys(values)));
    expect(() => readConfigText(JSON.stringify(values.config ?? { lanes: 1 }), file)).not.toThrow();
  });

  it.each(MANIFESTS)('makes an object of Kubernetes of %s', (file) => {
    const text = readChart(`templates/${file}`);
    const opened = text.match(/\{\{-? *(?:if|with|range|define) /g)?.length ?? 0;
    expect(text.match(/\{\{-? *end *-?\}\}/g)?.length ?? 0).toBe(opened);
    expect(fullest(text)).toMatchObject({ apiVersion: expect.any(String), kind: expect.any(String), metadata: {} });
    // Where it is installed is Helm's to say.
    expect(text).not.toMatch(/^ {2}namespace:/m);
  });

  it('has the rules that are tested', () => {
    if (process.env.UPDATE_GOLDEN === '1') copyFileSync(RULES, join(CHART, 'files/fourtuple.rules.yml'));
    expect(readChart('files/fourtuple.rules.yml')).toBe(readFileSync(RULES, 'utf8'));
    expect(readChart('templates/prometheusrule.yaml')).toContain('.Files.Get "files/fourtuple.rules.yml" | nindent 2');
  });

  it('is of the version of the program', () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    expect(parse(readChart('Chart.yaml'))).toMatchObject({ apiVersion: 'v2', name: 'fourtuple', appVersion: version });
  });
});

function daemonSet(): Manifest {
  return fullest(readChart('templates/daemonset.yaml'));
}

describe('the DaemonSet', () => {
  const { spec } = daemonSet().spec.template;
  const [container] = spec.containers;

  it('sees the node, with three capabilities and not as a privileged one', () => {
    expect(spec).toMatchObject({ hostPID: true, hostNetwork: true, automountServiceAccountToken: false });
    expect(container.securityContext).toMatchObject({
      privileged: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'], add: ['SYS_ADMIN', 'SYS_PTRACE', 'DAC_READ_SEARCH'] },
    });
    // A Service called fourtuple would give pods a variable FOURTUPLE_PORT.
    expect(spec.enableServiceLinks).toBe(false);
  });

  it('is asked how it is where no token is needed', () => {
    for (const probe of [container.readinessProbe, container.livenessProbe]) {
      expect(probe.httpGet).toEqual({ path: OPEN_PATH, port: 'http', host: '127.0.0.1' });
    }
    expect(container.ports).toEqual([{ name: 'http', containerPort: 10_404 }]);
  });

  it('has a volume for each mount, and mounts each', () => {
    const names = (list: Manifest[]): string[] => [...new Set(list.map(({ name }) => name))].sort();
    expect(names(container.volumeMounts)).toEqual(names(spec.volumes));
    const at = (name: string): string => container.volumeMounts.find((one: Manifest) => one.name === name).mountPath;
    expect(at('history')).toBe(dirname(historyFile({})));
    expect(at('config')).toBe('/etc/fourtuple');
    const token = container.env.find(({ name }: Manifest) => name === environmentName('tokenFile'));
    expect(token.value).toBe(join(at('token'), 'token'));
    const secret = spec.volumes.find(({ name }: Manifest) => name === 'token').secret;
    expect(secret).toMatchObject({ defaultMode: 0o400, items: [{ path: 'token' }] });
  });
});
