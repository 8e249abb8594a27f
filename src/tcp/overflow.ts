/** Overflows that are rarer than that are none. */
const LONGEST = 1e300;

/**
 * How unevenly connections overflow that come at random, find all of some servers busy and go elsewhere: the variance of how
 * many do in a long time, by their mean. They come in clusters, while the servers are full; 1 where there is no server.
 *
 * It is the variance of the time between two of them, by its squared mean. That time is passed from n busy servers to n + 1,
 * for each n: an arrival, or first one server that becomes free and the way back. Service times are exponential; where all
 * are equally long it is up to twice as much as it should be. Takes a step for each server.
 *
 * @param servers a whole number, 0 or more
 * @param erlangs the load, above 0
 */
export function overflowDispersion(servers: number, erlangs: number): number {
  // The mean time, and the mean of its square by the square of the mean.
  let [mean, square] = [1 / erlangs, 2];
  for (let busy = 1; busy <= servers; busy += 1) {
    const events = erlangs + busy;
    const longer = 1 / erlangs + (busy / erlangs) * mean;
    if (longer > LONGEST) break;
    const part = mean / longer;
    const [arrives, frees] = [erlangs / events, busy / events];
    const wait = 1 / (events * longer);
    square = (2 * wait ** 2 + frees * (2 * wait * (part + 1) + square * part ** 2 + 2 * part)) / arrives;
    mean = longer;
  }
  return square - 1;
}
