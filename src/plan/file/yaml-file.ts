import {
  type Alias,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  type Node,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml';
import { FourtupleError } from '../../tcp/error.ts';
import { formatCount } from '../../tcp/number-text.ts';
import { Problems, printable, quote, type Subject, TOPOLOGY } from './problems.ts';

/** In UTF-16 units. Of the worst kind, so many take the parser a few seconds. */
export const LONGEST_FILE = 262_144;
/** What is written once and used again and again makes a short file mean a long one. */
export const MOST_ALIASES = 100;

/** What one value may be. */
export interface Kind<T> {
  /** `a whole number from 1 on`. */
  readonly expected: string;
  /** @returns undefined, or throws a FourtupleError, where the text is no such value */
  readonly read: (text: string) => T | undefined;
}

/** A YAML text of one document, whose values are read one by one so that each mistake has its place. */
export class YamlFile {
  readonly problems: Problems;
  readonly root: Node;
  readonly #targets: ReadonlyMap<Alias, Node>;

  /** @throws FourtupleError of the subject's code where the text is too long, is not UTF-8, no YAML, empty, or several documents. */
  constructor(text: string, name: string, subject: Subject = TOPOLOGY) {
    const content = text.replace(/^\uFEFF/, '');
    this.problems = new Problems(content, name, subject);
    this.#refuseUnreadable(content);
    // All scalars stay text: 1e3 and 0x10 are told to the person as they were written. Duplicate keys are looked for
    // by Fields, because the parser compares each key with all before it.
    const document = parseDocument(content, { schema: 'failsafe', prettyErrors: false, uniqueKeys: false });
    for (const error of [...document.errors, ...document.warnings]) {
      this.problems.report(error.pos[0], describeError(error, subject));
    }
    this.problems.throwIfAny();
    const root = document.contents;
    if (root === null) this.problems.report(0, `the file is empty, ${subject.expected} were expected`);
    this.problems.throwIfAny();
    this.root = root as Node;
    this.#targets = this.#findTargets();
    this.problems.throwIfAny();
  }

  #refuseUnreadable(content: string): void {
    if (content.length > LONGEST_FILE) {
      const length = formatCount(content.length);
      this.problems.report(0, `the file has ${length} characters, at most ${formatCount(LONGEST_FILE)} were expected`);
    }
    // What cannot be decoded is U+FFFD; UTF-16 that is read as UTF-8 has zeros.
    const wrong = content.search(/[\0\uFFFD]/);
    if (wrong >= 0) this.problems.report(wrong, 'this is no text in UTF-8, which was expected');
    this.problems.throwIfAny();
  }

  #findTargets(): Map<Alias, Node> {
    const anchored = new Map<string, Node>();
    const targets = new Map<Alias, Node>();
    visit(this.root, {
      Node: (_key, node) => {
        if (!isAlias(node)) {
          if (node.anchor !== undefined) anchored.set(node.anchor, node);
          return;
        }
        const target = anchored.get(node.source);
        if (target !== undefined) targets.set(node, target);
        else
          this.problems.report(
            offsetOf(node),
            `no anchor &${printable(node.source, 40)} stands before this alias, one was expected`,
          );
        if (targets.size === MOST_ALIASES + 1) {
          this.problems.report(offsetOf(node), `more than ${MOST_ALIASES} aliases, at most so many were expected`);
          return visit.BREAK;
        }
        return;
      },
    });
    return targets;
  }

  /** The node that an alias stands for, or the node itself. */
  resolve(node: Node): Node {
    return isAlias(node) ? (this.#targets.get(node) ?? node) : node;
  }

  /**
   * Reads one value.
   *
   * @param at where a missing value is reported
   * @param title the name of the value: `replicas`
   * @returns undefined where it is wrong, which is then reported
   */
  read<T>(value: Node | null, at: number, title: string, kind: Kind<T>): T | undefined {
    const node = value === null ? null : this.resolve(value);
    if (node === null || isMissing(node)) {
      this.problems.report(at, `${title} has no value, ${kind.expected} was expected`);
      return undefined;
    }
    const text = isScalar(node) ? String(node.value) : null;
    const read = text === null ? undefined : readOrUndefined(kind, text);
    if (read === undefined) {
      const found = text === null ? describeNode(node) : quote(text);
      this.problems.report(offsetOf(node), `${title} is ${found}, ${kind.expected} was expected`);
    }
    return read;
  }
}

function readOrUndefined<T>(kind: Kind<T>, text: string): T | undefined {
  try {
    return kind.read(text);
  } catch (error) {
    if (error instanceof FourtupleError) return undefined;
    throw error;
  }
}

/** Where a node begins in the text. */
export function offsetOf(node: Node): number {
  return node.range?.[0] ?? 0;
}

/** How many characters of the text a node takes. */
export function lengthOf(node: Node): number {
  return (node.range?.[1] ?? 0) - offsetOf(node);
}

/** `a mapping`, `a list`, or the text in quotes. */
export function describeNode(node: Node): string {
  if (isScalar(node)) return isMissing(node) ? 'empty' : quote(String(node.value));
  return isMap(node) ? 'a mapping' : isCollection(node) ? 'a list' : 'an alias';
}

function isMissing(node: Node): boolean {
  return isScalar(node) && node.type === 'PLAIN' && node.value === '';
}

function describeError(error: YAMLError, { expected }: Subject): string {
  if (error.code === 'TAB_AS_INDENT') return 'here is a tab, spaces were expected';
  if (error.code === 'MULTIPLE_DOCS') return 'a second document begins here, one was expected';
  if (error.code === 'RESOURCE_EXHAUSTION') return `this is nested too deeply, a list of ${expected} was expected`;
  if (error.code === 'TAG_RESOLVE_FAILED') return 'here is a tag, a value without one was expected';
  return `no YAML: ${printable(error.message, 200)}`;
}
