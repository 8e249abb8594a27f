import type { Instruction } from '../../remedies/instruction.ts';
import type { Screen } from './screen.ts';
import { style } from './style.ts';
import { wrap } from './wrap.ts';

/** The commands that a person types as root in place of this program; nothing where there are none. */
export function renderByHand(byHand: readonly Instruction[], screen: Screen): string[] {
  const notes = new Set(byHand.flatMap(({ note }) => note ?? []));
  return [
    ...(byHand.length === 0 ? [] : ['Or by hand, as root:']),
    ...byHand.flatMap(({ text }) => text.split('\n')).map((line) => style(screen, 'green', `  ${line}`)),
    ...[...notes].map((note) => style(screen, 'dim', wrap(note, screen.width))),
  ];
}
