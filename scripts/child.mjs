import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/** @typedef {import('node:child_process').ChildProcess} ChildProcess */

/** @type {NodeJS.Signals[]} */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** A signal came while a child ran: stop, and end with the exit code that a shell gives for it. */
export class Interrupted extends Error {
  /** @param {NodeJS.Signals} signal */
  constructor(signal) {
    super(`interrupted by ${signal}`);
    this.exitCode = exitCodeOf(signal);
  }
}

/**
 * Runs a tool whose output is of interest only if it fails.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, endWith?: NodeJS.Signals }} [options] endWith: what the tool gets
 *   for a signal of ours; SIGKILL spares the person the wait while it tidies up what the next run replaces anyway
 * @returns {Promise<{ exitCode: number, output: string }>}
 */
export async function runQuietly(command, args, { endWith, ...options } = {}) {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
  }
  const { exitCode, received } = await ended(child, endWith);
  if (received) throw new Interrupted(received);
  return { exitCode, output };
}

/**
 * Runs a program in the foreground, on the caller's terminal; gives its exit code.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 */
export async function runInForeground(command, args, options = {}) {
  const { exitCode } = await ended(spawn(command, args, { ...options, stdio: 'inherit' }));
  return exitCode;
}

/**
 * Passes signals on and outlives the child, so that nothing of it is left behind and its exit code is ours.
 * @param {ChildProcess} child
 * @param {NodeJS.Signals} [endWith]
 * @returns {Promise<{ exitCode: number, received: NodeJS.Signals | undefined }>}
 */
function ended(child, endWith) {
  /** @type {NodeJS.Signals | undefined} */
  let received;
  const passOn = (/** @type {NodeJS.Signals} */ signal) => {
    received = signal;
    child.kill(endWith ?? signal);
  };
  for (const signal of SIGNALS) process.on(signal, passOn);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ exitCode: signal ? exitCodeOf(signal) : (code ?? 1), received }));
  }).finally(() => {
    for (const signal of SIGNALS) process.off(signal, passOn);
  });
}

/** @param {NodeJS.Signals} signal */
function exitCodeOf(signal) {
  return 128 + constants.signals[signal];
}
