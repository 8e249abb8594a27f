import { isMap, isScalar, isSeq, type Node } from 'yaml';
import { nearestKey } from './nearest-key.ts';
import { quote } from './problems.ts';
import { describeNode, type Kind, offsetOf, type YamlFile } from './yaml-file.ts';

interface Field {
  /** Where the key begins. */
  readonly at: number;
  /** null where nothing stands there. */
  readonly value: Node | null;
}

/** A mapping of the file. Its keys are checked at once, its values when they are read. */
export class Fields {
  /** Where the mapping begins. */
  readonly offset: number;
  readonly #file: YamlFile;
  readonly #title: string;
  readonly #fields = new Map<string, Field>();
  readonly #isMapping: boolean;

  /**
   * Reports keys that are unknown or stand twice, and a node that is no mapping; it has no fields then.
   *
   * @param title what the mapping is: `a tier`
   * @param keys all that are known
   */
  constructor(file: YamlFile, node: Node, title: string, keys: readonly string[]) {
    this.#file = file;
    this.#title = title;
    const mapping = file.resolve(node);
    this.offset = offsetOf(mapping);
    this.#isMapping = isMap(mapping);
    if (!isMap<Node | null, Node | null>(mapping)) {
      const expected = `${title} with ${keys.slice(0, 3).join(', ')}${keys.length > 3 ? ' and so on' : ''}`;
      file.problems.report(this.offset, `here is ${describeNode(mapping)}, ${expected} was expected`);
      return;
    }
    for (const { key, value } of mapping.items) this.#add(key, value, keys);
  }

  #add(key: Node | null, value: Node | null, keys: readonly string[]): void {
    const at = key === null ? this.offset : offsetOf(key);
    const name = isScalar(key) ? String(key.value) : null;
    const before = name === null ? undefined : this.#fields.get(name);
    if (name === null || !keys.includes(name)) {
      this.#file.problems.report(at, this.#unknown(name, keys));
    } else if (before !== undefined) {
      const line = this.#file.problems.lineOf(before.at);
      this.#file.problems.report(at, `${name} stands here again, first in line ${line}; once was expected`);
    } else {
      this.#fields.set(name, { at, value: value === null ? null : this.#file.resolve(value) });
    }
  }

  #unknown(name: string | null, keys: readonly string[]): string {
    if (name === null) return `this is no key of ${this.#title}, one of ${keys.join(', ')} was expected`;
    const nearest = nearestKey(name, keys);
    const expected = nearest === null ? `one of ${keys.join(', ')}` : nearest;
    return `${quote(name)} is no key of ${this.#title}, ${expected} was expected`;
  }

  has(key: string): boolean {
    return this.#fields.has(key);
  }

  /** What stands beside a key; null where nothing does. */
  value(key: string): Node | null {
    return this.#fields.get(key)?.value ?? null;
  }

  /** Where the value of a key begins, or the mapping itself where there is none. */
  offsetOf(key: string): number {
    const value = this.value(key);
    return value === null ? this.offset : offsetOf(value);
  }

  /** Reads a value. @returns `otherwise` where there is none, or where it is wrong, which is reported. */
  read<T>(key: string, kind: Kind<T>, otherwise: T): T {
    const field = this.#fields.get(key);
    if (field === undefined) return otherwise;
    return this.#file.read(field.value, field.at, key, kind) ?? otherwise;
  }

  /** Reads a value that must be there. @returns undefined where it is missing or wrong, which is reported. */
  require<T>(key: string, kind: Kind<T>): T | undefined {
    const field = this.#fields.get(key);
    if (field !== undefined) return this.#file.read(field.value, field.at, key, kind);
    this.#reportMissing(key, kind.expected);
    return undefined;
  }

  /** The nodes of a list that must be there. @returns undefined where it is missing or no list, which is reported. */
  requireList(key: string, expected: string): readonly Node[] | undefined {
    const field = this.#fields.get(key);
    if (field === undefined) {
      this.#reportMissing(key, expected);
      return undefined;
    }
    if (field.value !== null && isSeq<Node>(field.value)) return field.value.items;
    const found = field.value === null ? 'empty' : describeNode(field.value);
    this.#file.problems.report(this.offsetOf(key), `${key} is ${found}, ${expected} was expected`);
    return undefined;
  }

  #reportMissing(key: string, expected: string): void {
    // What is no mapping is reported as that.
    if (!this.#isMapping) return;
    this.#file.problems.report(this.offset, `${this.#title} has no ${key}, ${expected} was expected`);
  }
}
