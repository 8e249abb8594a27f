/** Above it sums are made smaller, long before a double overflows. */
const LARGEST = 1e250;

/**
 * What share of connections finds no free slot where they come in bursts at random, and slots are held for exponential times:
 * exact, to fifteen decimal places. Of a burst as many are accepted as there are free slots. With bursts of one it is {@link erlangB} of erlang.ts.
 *
 * Where n slots are held, as many rise above n as fall to it: (n + 1)·π(n + 1) = a/s · (π(n) + π(n − 1) + …), of s terms.
 * Takes a few steps for each slot.
 *
 * @param slots a whole number, 0 or more
 * @param erlangs the load of connections, not of bursts, above 0
 * @param size connections of a burst on average, 1 or more: of bursts whose sizes differ by one at most
 */
export function burstLoss(slots: number, erlangs: number, size: number): number {
  const [whole, part] = [Math.floor(size), size % 1];
  const shares = new Float64Array(slots + 1).fill(1, 0, 1);
  let [share, recent, total] = [1, 0, 1];
  for (let next = 1; next <= slots; next += 1) {
    // Of the last `whole` shares, and of the one before them so much as some bursts are larger by one.
    const before = next > whole ? (shares[next - 1 - whole] as number) : 0;
    recent += share - before;
    share = ((erlangs / size) * (recent + part * before)) / next;
    shares[next] = share;
    total += share;
    if (total > LARGEST) {
      for (let held = Math.max(0, next - whole); held <= next; held += 1)
        shares[held] = (shares[held] as number) / total;
      [share, recent, total] = [share / total, recent / total, 1];
    }
  }
  let lost = 0;
  for (let held = Math.max(0, slots - whole); held <= slots; held += 1) {
    const free = slots - held;
    const tooMany = (1 - part) * (whole - free) + part * (whole + 1 - free);
    lost += (shares[held] as number) * tooMany;
  }
  return lost / total / size;
}
