import { isSeq, type Node } from 'yaml';
import { Fields } from '../../plan/file/fields.ts';
import type { Subject } from '../../plan/file/problems.ts';
import { type Kind, YamlFile } from '../../plan/file/yaml-file.ts';
import type { Said, Setting } from './setting.ts';
import { SETTING_NAMES, SETTINGS, type SettingName } from './settings.ts';

const CONFIG: Subject = {
  code: 'FT_CONFIG',
  expected: 'settings',
  hint: 'Each line is a setting, like `interval: 5s`; `fourtuple agent --print-config` shows them all.',
};

/**
 * Reads the file of settings. One without any says nothing.
 *
 * @param name of the file, for messages
 * @throws FourtupleError FT_CONFIG with up to ten mistakes, a line each, naming line, column and what was expected
 */
export function readConfigText(text: string, name: string): ReadonlyMap<SettingName, Said> {
  const said = new Map<SettingName, Said>();
  if (isWithoutSettings(text)) return said;
  const file = new YamlFile(text, name, CONFIG);
  const fields = new Fields(file, file.root, 'the configuration', SETTING_NAMES);
  for (const setting of SETTING_NAMES) {
    const read = readSetting(file, fields, setting);
    const source = `${name}:${file.problems.lineOf(fields.offsetOf(setting))}`;
    if (read !== undefined) said.set(setting, { text: read, source });
  }
  file.problems.throwIfAny();
  return said;
}

/** A file may have comments only: then everything is as nothing says. */
function isWithoutSettings(text: string): boolean {
  return text.split('\n').every((line) => /^\uFEFF?\s*(?:#|$)/.test(line));
}

/** @returns its text; undefined where it is not said, or wrong, which is reported */
function readSetting(file: YamlFile, fields: Fields, name: SettingName): string | undefined {
  if (!fields.has(name)) return undefined;
  const { kind, item }: Setting<unknown> = SETTINGS[name];
  const value = fields.value(name);
  if (item === undefined || !isSeq<Node>(value)) return fields.require(name, textOf(kind));
  const items = value.items.map((node) => file.read(node, fields.offsetOf(name), name, textOf(item)));
  if (items.includes(undefined)) return undefined;
  const text = items.join(',');
  if (kind.read(text) !== undefined) return text;
  file.problems.report(fields.offsetOf(name), `${name} is an empty list, ${kind.expected} was expected`);
  return undefined;
}

function textOf(kind: Kind<unknown>): Kind<string> {
  return { expected: kind.expected, read: (text) => (kind.read(text) === undefined ? undefined : text) };
}
