import { excerpt } from '../../linux/printable.ts';
import type { Kind } from '../../plan/file/yaml-file.ts';
import { FourtupleError } from '../../tcp/error.ts';

/** What can be said of how the agent runs: by a flag, in the environment, or in the file. */
export interface Setting<T> {
  readonly kind: Kind<T>;
  /** What one entry of a list may be: the file may have a list then, and everywhere it is written with commas between. */
  readonly item?: Kind<string>;
  /** Whether its flag takes no value: `--open`, `--no-open`. */
  readonly isSwitch?: true;
  /** As a person would write it. */
  readonly initial: string;
  /** What its flag takes: `HOST:PORT`. */
  readonly placeholder: string;
  /** One sentence, without a full stop. */
  readonly help: string;
}

/** What is said of a setting somewhere. */
export interface Said {
  /** As it was written. */
  readonly text: string;
  /** `--interval`, `FOURTUPLE_INTERVAL`, `/etc/fourtuple/agent.yaml:3`, `default`. */
  readonly source: string;
}

/**
 * Checks what a flag says, and leaves it as it was typed.
 *
 * @throws FourtupleError FT_ARGUMENT
 */
export function checkText(kind: Kind<unknown>, text: string): string {
  if (kind.read(text) !== undefined) return text;
  throw new FourtupleError('FT_ARGUMENT', `'${excerpt(text)}' is not ${kind.expected}`);
}

/** `--cpu-budget` for `cpuBudget`. */
export function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** `FOURTUPLE_CPU_BUDGET` for `cpuBudget`. */
export function environmentName(name: string): string {
  return `FOURTUPLE_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}
