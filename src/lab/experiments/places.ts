/** Addresses of experiments on one host: none of loopback's, so that tcp_tw_reuse does not apply by itself. */
export const HERE = '10.9.9.1';
export const ELSEWHERE = '10.9.9.2';

/** Outside of every range that a lab takes. */
export const PORT = 9_000;
