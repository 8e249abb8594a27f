import { FourtupleError } from './error.ts';
import { MAX_PORT } from './port-range.ts';
import { PortSet } from './port-set.ts';

const ITEM = /^(\d{1,5})(?:-(\d{1,5}))?$/;

/**
 * Reads a list of ports as `net.ipv4.ip_local_reserved_ports` holds it: `8080,41000-41003`, empty for none
 * (`proc_do_large_bitmap()` of kernel/sysctl.c).
 *
 * @throws FourtupleError FT_PORT_RANGE naming the item that is neither a port nor a range of ports.
 */
export function parsePortList(text: string): PortSet {
  const ports = new PortSet();
  for (const item of text.trim().split(',')) {
    const trimmed = item.trim();
    if (trimmed === '') continue;
    const match = ITEM.exec(trimmed);
    const low = Number(match?.[1]);
    const high = match?.[2] === undefined ? low : Number(match[2]);
    if (match === null || high > MAX_PORT || low > high) {
      throw new FourtupleError('FT_PORT_RANGE', `'${trimmed}' is neither a port nor a range of ports`, {
        hint: 'Write ports and ranges with commas between: 8080,41000-41003.',
      });
    }
    ports.addRange({ low, high });
  }
  return ports;
}

/** The list in the kernel's own form: ascending, neighbours joined, no spaces. */
export function formatPortList(ports: Iterable<number>): string {
  const items: string[] = [];
  let low = -1;
  let high = -1;
  const flush = (): void => {
    if (low >= 0) items.push(low === high ? `${low}` : `${low}-${high}`);
  };
  for (const port of ports) {
    if (port !== high + 1 || low < 0) {
      flush();
      low = port;
    }
    high = port;
  }
  flush();
  return items.join(',');
}
