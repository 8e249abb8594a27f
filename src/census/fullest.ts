/** What is asked of a census to order its lanes. */
export interface LaneOrder {
  readonly laneCount: number;
  /** 0 to 1. */
  fullness(lane: number): number;
  used(lane: number): number;
  /** Orders equally full lanes. */
  compare(a: number, b: number): number;
}

/** Below so many lanes wanted, the fullest are picked; above, all are sorted. */
const PICK_LIMIT = 1_000;

/**
 * The numbers of the fullest lanes, fullest first; equally full ones by used slots, then by their addresses.
 *
 * @param matches which lanes to choose from; all where left out
 */
export function selectFullest(census: LaneOrder, limit: number, matches?: (lane: number) => boolean): number[] {
  const fullness = new Float64Array(census.laneCount);
  for (let lane = 0; lane < fullness.length; lane += 1) fullness[lane] = census.fullness(lane);
  const order = (a: number, b: number): number =>
    (fullness[b] as number) - (fullness[a] as number) || census.used(b) - census.used(a) || census.compare(a, b);
  const picked: number[] = [];
  for (let lane = 0; lane < fullness.length; lane += 1) {
    if (matches !== undefined && !matches(lane)) continue;
    if (limit > PICK_LIMIT || picked.length < limit) picked.push(lane);
    else if (limit > 0 && order(lane, picked[picked.length - 1] as number) < 0) picked[picked.length - 1] = lane;
    else continue;
    if (limit <= PICK_LIMIT) moveUp(picked, order);
  }
  return limit > PICK_LIMIT ? picked.sort(order).slice(0, limit) : picked;
}

/** Brings the last one to its place among the others, which are in order. */
function moveUp(lanes: number[], order: (a: number, b: number) => number): void {
  for (let at = lanes.length - 1; at > 0; at -= 1) {
    const [before, last] = [lanes[at - 1] as number, lanes[at] as number];
    if (order(before, last) <= 0) return;
    lanes[at - 1] = last;
    lanes[at] = before;
  }
}
