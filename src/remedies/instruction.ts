/** Where a person types something: `shell`, or the program whose configuration or code it is. */
export const INSTRUCTION_PLACES = ['shell', 'nginx', 'haproxy', 'envoy', 'node', 'c'] as const;

/** What a person types, and where. */
export interface Instruction {
  readonly where: (typeof INSTRUCTION_PLACES)[number];
  /** One or more lines, to be taken as they are; what must be filled in is in capitals. */
  readonly text: string;
  /** For which versions, or what must be known about it: one sentence; null where there is nothing to say. */
  readonly note: string | null;
}
