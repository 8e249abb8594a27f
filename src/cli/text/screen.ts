/** What a text is written for. */
export interface Screen {
  /** Characters in a line. */
  readonly width: number;
  readonly colour: boolean;
  /** Whether it can show block characters; else only ASCII. */
  readonly unicode: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Wide enough for a table that is read by a program or kept in a file. */
const WIDTH_WITHOUT_TERMINAL = 120;

/** Colour only on a terminal, and never against NO_COLOR (https://no-color.org). */
export function screenOf(stream: { isTTY?: boolean; columns?: number }, environment: Environment): Screen {
  const terminal = stream.isTTY === true;
  const refused = isSet(environment.NO_COLOR) || isSet(environment.FOURTUPLE_NO_COLOR) || environment.TERM === 'dumb';
  const forced = isSet(environment.FORCE_COLOR) && environment.FORCE_COLOR !== '0';
  const width = Number(environment.COLUMNS) || stream.columns || WIDTH_WITHOUT_TERMINAL;
  return { width, colour: !refused && (terminal || forced), unicode: isUtf8(environment) };
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}

/** The order in which setlocale(3) looks. An empty environment, as a container has, is taken for a modern terminal. */
function isUtf8(environment: Environment): boolean {
  const locale = [environment.LC_ALL, environment.LC_CTYPE, environment.LANG].find(isSet);
  return locale === undefined || /utf-?8/i.test(locale);
}
