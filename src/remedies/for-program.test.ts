import { describe, expect, it } from 'vitest';
import { forProgram } from './for-program.ts';
import { INSTRUCTION_PLACES, type Instruction } from './instruction.ts';

const all: Instruction[] = INSTRUCTION_PLACES.map((where) => ({ where, text: where, note: null }));
const program = (name: string) => ({ program: { name, version: null } });
const places = (name: string, instructions = all) => forProgram(program(name), instructions).map(({ where }) => where);

describe('the instructions for a program', () => {
  it.each([
    ['nginx', 'nginx'],
    ['haproxy', 'haproxy'],
    ['envoy', 'envoy'],
    ['node', 'node'],
    ['MainThread', 'node'],
    ['node-MainThread', 'node'],
  ])('are those of %s alone', (name, place) => {
    expect(places(name)).toEqual([place]);
  });

  it('are the shell’s where its own configuration has none', () => {
    expect(
      places(
        'nginx',
        all.filter(({ where }) => where !== 'nginx'),
      ),
    ).toEqual(['shell']);
  });

  it('are the first four where it is another program, or not known', () => {
    const firstFour = INSTRUCTION_PLACES.slice(0, 4);
    expect(places('python3')).toEqual(firstFour);
    expect(forProgram({ program: null }, all).map(({ where }) => where)).toEqual(firstFour);
  });
});
