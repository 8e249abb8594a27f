import { constants } from 'node:os';
import { isatty } from 'node:tty';
import { libc } from './libc.ts';

const SIG_IGN = 1;

/**
 * Makes this process a group of its own in the foreground of its terminal, where it has one on standard input: what it
 * starts finds a group that it can see, in a process namespace too, and Ctrl-C goes to the group in the foreground only.
 */
export function enterForeground(): void {
  if (!isatty(0)) return;
  libc.setpgid(0, 0);
  returnToForeground();
}

/** Puts the group of this process back into the foreground of its terminal, where it has one on standard input. */
export function returnToForeground(): void {
  if (!isatty(0)) return;
  // One in the background would be stopped for it (tcsetpgrp(3)).
  libc.signal(constants.signals.SIGTTOU, SIG_IGN);
  libc.tcsetpgrp(0, libc.getpgrp());
}
