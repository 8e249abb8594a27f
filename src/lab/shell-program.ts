import { accessSync, constants, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** A shell to start: its command line, and the environment it has. */
export interface ShellProgram {
  readonly command: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
}

const EVERYWHERE = '/bin/sh';
/** What users have as their shell who are to have none. */
const NONE = ['nologin', 'false', 'true'];
/** Shells whose prompt is PS1, with commands in it. */
const WITH_PROMPT = ['ash', 'bash', 'dash', 'ksh', 'mksh', 'sh'];
/** Where programs of the network are that are not on every user's path. */
const ADMINISTRATION = ['/usr/sbin', '/sbin'];

/** Tells the host, whichever one `ip netns exec` has gone to from there. */
const PROMPT = 'fourtuple-lab $(ip netns identify)# ';

/**
 * The reader's own shell, with a prompt that tells where it is.
 *
 * @param folder for a file that bash reads: its own configuration would set another prompt
 */
export function shellProgram(folder: string, environment: NodeJS.ProcessEnv): ShellProgram {
  const shell = isUsable(environment.SHELL) ? environment.SHELL : EVERYWHERE;
  const name = basename(shell);
  const prompt = WITH_PROMPT.includes(name) ? { PS1: PROMPT } : {};
  const file = join(folder, 'bashrc');
  if (name === 'bash') writeFileSync(file, `[ -r ~/.bashrc ] && . ~/.bashrc\nunset PROMPT_COMMAND\nPS1='${PROMPT}'\n`);
  return {
    command: name === 'bash' ? [shell, '--rcfile', file] : [shell],
    environment: { ...environment, ...prompt, PATH: pathOf(environment) },
  };
}

function isUsable(shell: string | undefined): shell is string {
  if (shell === undefined || !shell.startsWith('/') || NONE.includes(basename(shell))) return false;
  try {
    accessSync(shell, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function pathOf({ PATH = '/usr/local/bin:/usr/bin:/bin' }: NodeJS.ProcessEnv): string {
  return [...new Set([...PATH.split(':'), ...ADMINISTRATION])].join(':');
}
