/** Who says what was measured, where several experiments measure alike. */

export const KERNEL_REFUSES = 'connect() until EADDRNOTAVAIL';
export const KERNEL_TAKES_OVER = "the kernel's counter TWRecycled";
export const KERNEL_REFUSES_TO_BIND = 'bind() until EADDRINUSE';
export const KERNEL_COUNTS_TIME_WAIT = "the kernel's count, tw of /proc/net/sockstat";
export const KERNEL_COUNTS_OPENS = "the kernel's count, ActiveOpens of /proc/net/snmp";
export const PORTS_GIVEN = 'getsockname() of each connection';
export const KERNEL_GIVES_BACK = 'connect() tried until it is granted again, each slot';
