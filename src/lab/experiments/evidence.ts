/** Who says what was measured, where several experiments measure alike. */

export const KERNEL_REFUSES = 'connect() until EADDRNOTAVAIL';
