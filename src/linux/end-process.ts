import koffi from 'koffi';

/**
 * Ends the process at once, from any of its threads: process.exit() in a worker ends the worker only. Nothing that is
 * buffered is written.
 *
 * @param code the exit code, 0 to 255
 */
export function endProcess(code: number): void {
  koffi.load(null).func('void _exit(int)')(code);
}
