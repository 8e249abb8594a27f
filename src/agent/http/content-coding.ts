import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const SHORTEST = 1_024;

/** Compresses what is made anew for each request: quickly rather than well. */
export async function gzipped(body: Buffer): Promise<Buffer> {
  return promisify(gzip)(body, { level: 1 });
}

export async function gzippedWell(body: Buffer): Promise<Buffer> {
  return promisify(gzip)(body, { level: 9 });
}

export async function brotlied(body: Buffer): Promise<Buffer> {
  return promisify(brotliCompress)(body, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: body.length } });
}

/** Whether compressing it is worth the while. */
export function isLong(body: Buffer): boolean {
  return body.length >= SHORTEST;
}

/**
 * Whether a content coding is among those that the header Accept-Encoding names, and not forbidden by `q=0`
 * (RFC 9110 §12.5.3). A `*` does not count: browsers and Prometheus name what they take.
 */
export function accepts(header: string | undefined, coding: 'gzip' | 'br'): boolean {
  return (header ?? '').split(',').some((part) => {
    const [name = '', ...parameters] = part.split(';').map((one) => one.trim().toLowerCase());
    return name === coding && !parameters.some((one) => /^q=0(?:\.0{0,3})?$/.test(one));
  });
}
