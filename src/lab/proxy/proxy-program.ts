/** Whether a proxy closes a connection to a backend first once it has the response, lets the backend do so, or keeps it. */
export type Manner = 'closes' | 'lets-close' | 'keeps';

/** Where a proxy connects from and to. */
export interface ProxyLane {
  /** null where connect() is to choose: the host has one address. */
  readonly source: string | null;
  readonly destination: string;
  readonly port: number;
}

/** What a proxy is to do: the same for every program. */
export interface ProxyTask {
  /** Where clients reach it. */
  readonly address: string;
  readonly port: number;
  /** A connection for each request, on each in turn. One that is refused is not tried again. */
  readonly lanes: readonly ProxyLane[];
  readonly manner: Manner;
}

/** What a proxy finds on its host. */
export interface ProxyPlace {
  /** For what it has to write. */
  readonly folder: string;
  /** The file that {@link ProxyProgram.configuration} is written to. */
  readonly configuration: string;
  /** The file that its standard output goes to. */
  readonly log: string;
  /** As it tells itself; null where it does not. */
  readonly version: string | null;
}

/** A program that passes requests on: one file each, holding all that is to be known of it. */
export interface ProxyProgram {
  /** `haproxy`: the experiment is `proxy-haproxy`. */
  readonly name: string;
  /** As people write it: `HAProxy`. */
  readonly title: string;
  /** The command that must be installed; null where it is a part of this program. */
  readonly command: string | null;
  /** How it can deal with its connections. */
  readonly manners: readonly Manner[];
  /** What is to be known about how it is run here: a sentence. */
  readonly note: string;
  /** A line of its log that says that connect() has found no port. */
  readonly refusal: RegExp;
  configuration(task: ProxyTask, place: ProxyPlace): string;
  /** How it is started: in the foreground, as one process that changes no user. */
  commandLine(place: ProxyPlace): readonly string[];
}
