import { describe, expect, it } from 'vitest';
import { screenOf } from './screen.ts';

const TERMINAL = { isTTY: true, columns: 97 };
const PIPE = {};
type Environment = Record<string, string>;

describe('the screen', () => {
  it.each<[string, object, Environment, boolean]>([
    ['on a terminal', TERMINAL, {}, true],
    ['in a pipe', PIPE, {}, false],
    ['in a pipe, forced', PIPE, { FORCE_COLOR: '1' }, true],
    ['in a pipe, forced by 0', PIPE, { FORCE_COLOR: '0' }, false],
    ['in a pipe, forced by nothing', PIPE, { FORCE_COLOR: '' }, false],
    ['on a terminal, refused', TERMINAL, { NO_COLOR: '1' }, false],
    ['on a terminal, refused by 0: any text does', TERMINAL, { NO_COLOR: '0' }, false],
    ['on a terminal, refused by nothing', TERMINAL, { NO_COLOR: '' }, true],
    ['on a terminal, refused for this program', TERMINAL, { FOURTUPLE_NO_COLOR: '1' }, false],
    ['forced and refused', TERMINAL, { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
    ['on a dumb terminal', TERMINAL, { TERM: 'dumb' }, false],
    ['on a dumb terminal, forced', TERMINAL, { TERM: 'dumb', FORCE_COLOR: '1' }, false],
    ['on another terminal', TERMINAL, { TERM: 'xterm-256color' }, true],
  ])('has colour %s or not', (_, stream, environment, colour) => {
    expect(screenOf(stream, environment).colour).toBe(colour);
  });

  it.each<[Environment, boolean]>([
    [{}, true],
    [{ LANG: 'en_US.UTF-8' }, true],
    [{ LANG: 'de_AT.utf8' }, true],
    [{ LANG: 'C' }, false],
    [{ LANG: 'en_US.ISO-8859-1' }, false],
    [{ LANG: 'C', LC_CTYPE: 'C.UTF-8' }, true],
    [{ LANG: 'C.UTF-8', LC_CTYPE: 'C' }, false],
    [{ LANG: 'C.UTF-8', LC_ALL: 'POSIX' }, false],
    [{ LANG: 'C', LC_ALL: 'en_GB.UTF-8' }, true],
    [{ LANG: '', LC_ALL: '' }, true],
  ])('shows block characters where the locale is of UTF-8: %j %s', (environment, unicode) => {
    expect(screenOf(TERMINAL, environment).unicode).toBe(unicode);
  });

  it.each<[object, Environment, number]>([
    [TERMINAL, {}, 97],
    [TERMINAL, { COLUMNS: '133' }, 133],
    [TERMINAL, { COLUMNS: 'wide' }, 97],
    [TERMINAL, { COLUMNS: '' }, 97],
    [TERMINAL, { COLUMNS: '0' }, 97],
    [PIPE, {}, 120],
    [PIPE, { COLUMNS: '80' }, 80],
  ])('is as wide as the terminal, or as it is told: %j %j %i', (stream, environment, width) => {
    expect(screenOf(stream, environment).width).toBe(width);
  });
});
