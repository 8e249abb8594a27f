import { spawnSync } from 'node:child_process';

/** A type as `bpftool btf dump` has it. */
interface Type {
  readonly id: number;
  readonly kind: string;
  readonly name: string;
  readonly size?: number;
  readonly type_id?: number;
  readonly nr_elems?: number;
  readonly members?: readonly { readonly name: string; readonly type_id: number; readonly bits_offset: number }[];
}

/** Where a structure has its fields, in bytes. */
export interface Layout {
  readonly size: number;
  readonly fields: Readonly<Record<string, number>>;
}

/** The type information (BTF) of an eBPF object. */
export class ObjectTypes {
  readonly #types: readonly Type[];

  /** @throws where `bpftool` cannot read the file */
  constructor(file: string) {
    const { status, stdout, stderr } = spawnSync('bpftool', ['-j', 'btf', 'dump', 'file', file, 'format', 'raw'], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`bpftool: ${stderr || stdout}`);
    this.#types = JSON.parse(stdout).types;
  }

  layoutOf(name: string): Layout {
    const { size, members } = this.#struct(name);
    const fields = (members ?? []).map((member) => [member.name, member.bits_offset / 8] as const);
    return { size: size ?? Number.NaN, fields: Object.fromEntries(fields) };
  }

  /** How many elements the array has that is a field of a structure. */
  lengthOf(name: string, field: string): number {
    return this.#byId(this.#member(this.#struct(name), field)).nr_elems ?? Number.NaN;
  }

  /** How many entries a map has: its definition points to an array of as many. */
  entriesOf(map: string): number {
    const variable = this.#types.find(({ kind, name }) => kind === 'VAR' && name === map);
    const definition = this.#byId(variable?.type_id ?? 0);
    const pointer = this.#byId(this.#member(definition, 'max_entries'));
    return this.#byId(pointer.type_id ?? 0).nr_elems ?? Number.NaN;
  }

  #struct(name: string): Type {
    const found = this.#types.find((type) => type.kind === 'STRUCT' && type.name === name);
    if (found === undefined) throw new Error(`there is no struct ${name}`);
    return found;
  }

  #member({ members = [] }: Type, name: string): number {
    return members.find((member) => member.name === name)?.type_id ?? 0;
  }

  #byId(id: number): Type {
    const found = this.#types.find((type) => type.id === id);
    if (found === undefined) throw new Error(`there is no type ${id}`);
    return found;
  }
}
