import { excerpt } from '../../linux/printable.ts';
import { FourtupleError } from '../../tcp/error.ts';
import { type Environment, findConfigFile } from './find-config.ts';
import { environmentName, flagOf, type Said, type Setting } from './setting.ts';
import { SETTING_NAMES, SETTINGS, type SettingName, type SettingValues } from './settings.ts';

/** What flags say: switches as they are, everything else as it was typed. */
export type GivenFlags = { readonly [Name in SettingName]?: string | boolean } & {
  /** The file to read. */
  readonly config?: string;
};

/** A setting as it is in force, and what has set it. */
export interface SettingInForce<Name extends SettingName = SettingName> extends Said {
  readonly name: Name;
  readonly value: SettingValues[Name];
}

/** Which file was read, and all settings as they are in force. */
export interface SettingsInForce {
  readonly file: string | null;
  readonly settings: { readonly [Name in SettingName]: SettingInForce<Name> };
}

/**
 * Finds out what is in force: flags before the environment before the file before what is said nowhere.
 *
 * @throws FourtupleError FT_CONFIG naming the variable, or file, line and column, and what was expected
 */
export async function settingsInForce(flags: GivenFlags, environment: Environment): Promise<SettingsInForce> {
  const file = findConfigFile(flags.config, environment);
  // What reads YAML is loaded where there is some.
  const said = file === null ? null : (await import('./config-file.ts')).readConfigText(file.text, file.path);
  const settings = SETTING_NAMES.map((name): [SettingName, SettingInForce] => {
    const found = fromFlag(name, flags) ?? fromEnvironment(name, environment) ?? said?.get(name) ?? initial(name);
    return [name, { ...found, name, value: readValue(name, found) }];
  });
  return { file: file?.path ?? null, settings: Object.fromEntries(settings) as SettingsInForce['settings'] };
}

function fromFlag(name: SettingName, flags: GivenFlags): Said | undefined {
  const given = flags[name];
  if (given === undefined) return undefined;
  return { text: typeof given === 'string' ? given : given ? 'on' : 'off', source: flagOf(name) };
}

/** An empty variable says nothing, as it is the way to unset one in a unit's drop-in. */
function fromEnvironment(name: SettingName, environment: Environment): Said | undefined {
  const source = environmentName(name);
  const text = environment[source];
  return text === undefined || text === '' ? undefined : { text, source };
}

function initial(name: SettingName): Said {
  return { text: SETTINGS[name].initial, source: 'default' };
}

function readValue<Name extends SettingName>(name: Name, { text, source }: Said): SettingValues[Name] {
  const { kind }: Setting<SettingValues[Name]> = SETTINGS[name];
  const value = kind.read(text);
  if (value !== undefined) return value;
  throw new FourtupleError('FT_CONFIG', `${source} is '${excerpt(text)}', ${kind.expected} was expected`);
}
