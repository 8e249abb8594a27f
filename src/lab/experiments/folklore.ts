/** How long TIME_WAIT lasts as many a text has it: not on Linux. */
export const FOLKLORE_TIME_WAIT_SECONDS = 120;
