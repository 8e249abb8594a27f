import type { Endpoint } from '../tcp/endpoint.ts';
import type { Spread } from '../tcp/spread.ts';
import { isOneAddress } from '../tcp/spread-source.ts';
import type { BpfMap } from './bpf-map.ts';
import type { CountedLane, SpreadCounts } from './spread-counts.ts';
import {
  encodeChoices,
  encodeRule,
  encodeSettings,
  readEndpoint,
  readRule,
  readSource,
  rulesOf,
  type SpreadLimits,
} from './spread-encoding.ts';
import { countedAfter, type LanePlace, type LaneUse } from './spread-lane.ts';
import {
  CHOICE,
  CORRECTION,
  COUNTS,
  ENDPOINT,
  endpointKey,
  GROUP,
  LANE,
  RULE,
  SETTINGS,
  TICKS,
  tickNow,
  writeEndpoint,
} from './spread-layout.ts';

const NAMES = [
  'settings',
  'counts',
  'choices',
  'choice_numbers',
  'rules',
  'group_numbers',
  'lanes',
  'corrections',
  'groups',
];
interface FixedSettings extends Pick<SpreadLimits, 'heldTicks'> {
  readonly choices: number;
}

/** The maps of a spread that is in the kernel: what it does, and what it has counted. */
export class SpreadMaps {
  readonly #maps: ReadonlyMap<string, BpfMap>;
  readonly #kind: Spread['kind'];
  #known: FixedSettings | null = null;

  constructor(kind: Spread['kind'], maps: ReadonlyMap<string, BpfMap>) {
    this.#kind = kind;
    this.#maps = maps;
  }

  static fromObject(kind: Spread['kind'], object: { map(name: string): BpfMap }): SpreadMaps {
    return new SpreadMaps(kind, new Map(NAMES.map((name) => [name, object.map(name)])));
  }

  /** Of the network namespace whose connections are meant; null where the maps have gone. */
  get netnsCookie(): bigint | null {
    if (!this.#maps.has('settings')) return null;
    return this.#entry('settings', 0, SETTINGS.size).getBigUint64(SETTINGS.netnsCookie, true);
  }

  /** What it was told to do. */
  readSpread(): Spread {
    const settings = this.#entry('settings', 0, SETTINGS.size);
    const choices = numbers(settings.getUint32(SETTINGS.choices, true)).map((number) =>
      this.#entry('choices', number, CHOICE.size),
    );
    const rules = numbers(settings.getUint32(SETTINGS.rules, true)).map((number) =>
      this.#entry('rules', number, RULE.size),
    );
    if (this.#kind === 'sources') {
      return { kind: 'sources', sources: choices.map(readSource), to: rules.map(readRule) };
    }
    const [rule] = rules.map(readRule);
    const from = { address: rule?.address ?? '::', port: rule?.port ?? 0 };
    return { kind: 'destinations', from, over: choices.map((choice) => readEndpoint(choice, 0)) };
  }

  /**
   * Tells it what to do; it counts then, and spreads nothing before {@link enable}.
   *
   * @param heldTicks how long TIME_WAIT holds a slot at the most
   */
  writeSpread(spread: Spread, limits: SpreadLimits): void {
    for (const [number, choice] of encodeChoices(spread).entries()) {
      this.#write('choices', key(number), choice);
      const endpoint = new DataView(choice.buffer, 0, ENDPOINT.size);
      this.#write('choice_numbers', endpoint, Uint32Array.of(number));
    }
    for (const [number, rule] of rulesOf(spread).entries()) this.#write('rules', key(number), encodeRule(rule));
    this.#write('settings', key(0), encodeSettings(spread, limits));
    this.#known = null;
    if (spread.kind === 'destinations') this.addGroup(spread.from);
  }

  /** The group of a destination, made where it is new: before {@link enable} only. @returns null where there is no room */
  addGroup(destination: Endpoint): number | null {
    const found = this.groupOf(destination);
    if (found !== null) return found;
    const settings = this.#entry('settings', 0, SETTINGS.size);
    const group = settings.getUint32(SETTINGS.groups, true);
    if (group >= settings.getUint32(SETTINGS.mostGroups, true)) return null;
    this.#write('group_numbers', endpointKey(destination), Uint32Array.of(group));
    settings.setUint32(SETTINGS.groups, group + 1, true);
    if (group === 0) writeEndpoint(settings, SETTINGS.firstGroup, destination);
    this.#write('settings', key(0), settings);
    return group;
  }

  /** null where nothing was counted to that destination. */
  groupOf(destination: Endpoint): number | null {
    const number = new Uint32Array(1);
    return this.#map('group_numbers').read(endpointKey(destination), number) ? (number[0] as number) : null;
  }

  /** From now on connections are spread. */
  enable(): void {
    const settings = this.#entry('settings', 0, SETTINGS.size);
    settings.setUint32(SETTINGS.enabled, 1, true);
    this.#write('settings', key(0), settings);
  }

  readCounts(): SpreadCounts {
    const counts = this.#entry('counts', 0, COUNTS.size);
    const count = (at: number): number => Number(counts.getBigUint64(at, true));
    return {
      ...{ spread: count(COUNTS.spread), boundBefore: count(COUNTS.boundBefore) },
      ...{ bindFailed: count(COUNTS.bindFailed), uncounted: count(COUNTS.uncounted) },
    };
  }

  /** Every lane that a connection was tried on. */
  readLanes(): CountedLane[] {
    const spread = this.readSpread();
    const lanes: CountedLane[] = [];
    for (const { group, destination } of this.#groups()) {
      const choices = spread.kind === 'sources' ? spread.sources : spread.over;
      for (const [choice, chosen] of choices.entries()) {
        const index = group * choices.length + choice;
        const lane = this.#entry('lanes', index, LANE.size);
        const counts = {
          attempts: Number(lane.getBigUint64(LANE.attempts, true)),
          refusals: Number(lane.getBigUint64(LANE.refusals, true)),
        };
        if (counts.attempts === 0) continue;
        lanes.push(
          'port' in chosen
            ? { index, source: null, destination: chosen, ...counts }
            : { index, source: isOneAddress(chosen) ? chosen.address : null, destination, ...counts },
        );
      }
    }
    return lanes;
  }

  /** Of every lane that there is: by group and choice. */
  laneIndices(): number[] {
    const { choices } = this.#fixed();
    return [...this.#groups()].flatMap(({ group }) => numbers(choices).map((choice) => group * choices + choice));
  }

  /**
   * Tells it how many slots of a lane are held, by the census. What the kernel has counted itself is taken off: it goes on
   * counting.
   *
   * @param index of the lane: group times choices, and choice
   * @param heldAfter how many of the slots that are held now are held still so many ticks later, {@link TICKS} of them; the
   *   last one for all time after
   */
  correct(index: number, heldAfter: Float64Array): void {
    const now = tickNow();
    const counted = this.#countedAfter(index, now);
    const correction = new DataView(new ArrayBuffer(CORRECTION.size));
    correction.setUint32(CORRECTION.at, now, true);
    for (let after = 0; after < TICKS; after += 1) {
      const left = Math.round((heldAfter[after] as number) - (counted[after] as number));
      correction.setInt32(CORRECTION.left + 4 * after, left, true);
    }
    this.#write('corrections', key(index), correction);
  }

  /** What it goes by now: how many slots of a lane are used. @param index of the lane */
  readUse(index: number): LaneUse {
    const now = tickNow();
    const correction = this.#entry('corrections', index, CORRECTION.size);
    const since = Math.min(TICKS - 1, (now - correction.getUint32(CORRECTION.at, true)) >>> 0);
    const known = correction.getInt32(CORRECTION.left + 4 * since, true);
    const attempts = Number(this.#entry('lanes', index, LANE.size).getBigUint64(LANE.attempts, true));
    return { used: (this.#countedAfter(index, now)[0] as number) + known, attempts };
  }

  #countedAfter(index: number, now: number): Float64Array {
    const { choices, heldTicks } = this.#fixed();
    const place: LanePlace = {
      group: this.#entry('groups', Math.floor(index / choices), GROUP.size),
      lane: this.#entry('lanes', index, LANE.size),
      choice: index % choices,
    };
    return countedAfter(place, now, heldTicks);
  }

  /** What no longer changes: lanes are told of one by one. */
  #fixed(): FixedSettings {
    if (this.#known !== null) return this.#known;
    const settings = this.#entry('settings', 0, SETTINGS.size);
    this.#known = {
      choices: settings.getUint32(SETTINGS.choices, true),
      heldTicks: settings.getUint32(SETTINGS.heldTicks, true),
    };
    return this.#known;
  }

  close(): void {
    for (const map of this.#maps.values()) map.close();
  }

  *#groups(): Generator<{ readonly group: number; readonly destination: Endpoint }> {
    const keys: Uint8Array[] = [];
    this.#map('group_numbers').forEachKey(
      () => new Uint8Array(ENDPOINT.size),
      (found) => keys.push(found),
    );
    for (const found of keys) {
      const number = new Uint32Array(1);
      if (!this.#map('group_numbers').read(found, number)) continue;
      yield { group: number[0] as number, destination: readEndpoint(new DataView(found.buffer), 0) };
    }
  }

  #map(name: string): BpfMap {
    return this.#maps.get(name) as BpfMap;
  }

  #entry(name: string, number: number, size: number): DataView<ArrayBuffer> {
    const value = new DataView(new ArrayBuffer(size));
    this.#map(name).read(key(number), value);
    return value;
  }

  #write(name: string, at: ArrayBufferView, value: ArrayBufferView): void {
    this.#map(name).write(at, value);
  }
}

function key(number: number): Uint32Array {
  return Uint32Array.of(number);
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, number) => number);
}
