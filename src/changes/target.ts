import type { NamespaceHandle } from '../linux/network-namespace.ts';

/** Where changes are made. */
export interface ChangePlace {
  readonly handle: NamespaceHandle;
  /** What stands for `/` when files of /etc are read and written. */
  readonly root?: string | undefined;
  /** Addresses are taken away also while live connections use them. */
  readonly force?: boolean | undefined;
}

/** What holds a value, open to be changed: that it is open says that it may be written. */
export interface OpenTarget {
  /** In the form of `normalValue`; null where there is nothing. */
  read(): string | null;
  /** @throws FourtupleError FT_KERNEL, FT_PRIVILEGE; what is there then is for {@link read} to say */
  write(value: string | null): void;
  close(): void;
}
