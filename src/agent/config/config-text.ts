import type { AgentConfig } from './agent-config.ts';
import { SETTING_NAMES, SETTINGS, type SettingName } from './settings.ts';
import type { SettingInForce, SettingsInForce } from './settings-in-force.ts';

/** What YAML takes for a text without quotes, and can be taken for nothing else. */
const PLAIN = /^[\w./][\w./%-]*(?::\d+)?$/;

/**
 * All settings in force as a file that says the same, with where each comes from.
 *
 * @param config what they come to here
 */
export function configText({ file, settings }: SettingsInForce, config: AgentConfig): string {
  const lines = SETTING_NAMES.map((name) => {
    const { text, source }: SettingInForce = settings[name];
    return { said: `${name}: ${valueText(name, text)}`, why: [source, ...comesTo(name, text, config)].join('; ') };
  });
  const width = Math.max(...lines.map(({ said }) => said.length));
  return [
    `# ${file ?? 'There is no file: /etc/fourtuple/agent.yaml would be read.'}`,
    ...lines.map(({ said, why }) => `${said.padEnd(width)}  # ${why}`),
    '',
  ].join('\n');
}

function valueText(name: SettingName, text: string): string {
  if (SETTINGS[name].item === undefined || SETTINGS[name].kind.read(text) === text) return scalar(text);
  const items = text.split(',').map((item) => item.trim());
  return `[${items
    .filter((item) => item !== '')
    .map(scalar)
    .join(', ')}]`;
}

function scalar(text: string): string {
  return PLAIN.test(text) ? text : JSON.stringify(text);
}

/** What a word stands for on this machine. */
function comesTo(name: SettingName, text: string, { namespaces, history, listen }: AgentConfig): string[] {
  if (name === 'namespaces' && text === 'auto') return [`here ${namespaces}`];
  if (name === 'history' && history !== null && text !== history.file) return [`here ${history.file}`];
  if (name === 'tokenFile' && text === 'auto') return [listen.token === null ? 'here none' : 'here that of systemd'];
  return [];
}
