/** Who says what was measured, where several experiments measure alike. */

export const KERNEL_REFUSES = 'connect() until EADDRNOTAVAIL';
export const KERNEL_TAKES_OVER = "the kernel's counter TWRecycled";
