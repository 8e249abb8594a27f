/**
 * What share of a load is refused by one that does not look at all slots: it tries so many, and gives up where all of them
 * are held. It refuses before it is full, and never less than {@link erlangB} of erlang.ts says.
 *
 * With n of N slots held, a connection is refused with the probability (n/N)^tries: as if the held ones were spread at
 * random. (Netfilter tries neighbours of a few random ports: where the held ones lie side by side it refuses more.) How
 * often n slots are held follows from it, from one n to the next, by the balance a·(1 − (n/N)^tries)·π(n) = (n + 1)·π(n + 1);
 * the refusals are the mean over all n, and those of the full N among them.
 *
 * @param slots a whole number, 0 or more
 * @param tries 1 or more
 * @returns a function of the load in erlangs, 0 or more; each call takes one step for each slot
 */
export function limitedSearchLoss(slots: number, tries: number): (erlangs: number) => number {
  if (slots === 0) return () => 1;
  const refused = Float64Array.from({ length: slots + 1 }, (_, held) => (held / slots) ** tries);
  return (erlangs) => {
    // Of the states with at most so many held slots: the share of the last one, and the mean of the refusals.
    let [share, loss] = [1, 0];
    for (let held = 1; held <= slots; held += 1) {
      const accepted = erlangs * (1 - (refused[held - 1] as number));
      share /= share + held / accepted;
      loss += share * ((refused[held] as number) - loss);
    }
    return loss;
  };
}
