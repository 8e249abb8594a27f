import { isFirstPassPort, type PortRange, rangeSize } from '../tcp/port-range.ts';
import { PortSet } from '../tcp/port-set.ts';

/**
 * Ports that stand for the reserved and the blocked ones of a machine of which only their number is known: a range without
 * them has as many slots, and its cliff where the machine's is. They are taken from the top of the range.
 *
 * @param slots how many ports are left; no more than the range has
 * @param firstPass how many of those have the parity of the range's low end; the nearest number that can be, where so many
 *   cannot
 */
export function standInPorts(range: PortRange, slots: number, firstPass: number): PortSet {
  const size = rangeSize(range);
  const left = Math.min(size, slots);
  const allFirst = Math.ceil(size / 2);
  const allOther = size - allFirst;
  const leftFirst = Math.max(left - allOther, Math.min(firstPass, allFirst, left));
  let first = allFirst - leftFirst;
  let other = allOther - (left - leftFirst);
  const ports = new PortSet();
  for (let port = range.high; port >= range.low && first + other > 0; port -= 1) {
    const isFirst = isFirstPassPort(range, port);
    if ((isFirst ? first : other) === 0) continue;
    ports.add(port);
    if (isFirst) first -= 1;
    else other -= 1;
  }
  return ports;
}
