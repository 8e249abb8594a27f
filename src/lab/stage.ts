import { mkdirSync } from 'node:fs';
import { openNamespace } from '../linux/network-namespace.ts';
import { FourtupleError } from '../tcp/error.ts';
import { type PortRange, rangeSize } from '../tcp/port-range.ts';
import { Host } from './host.ts';
import type { Plot, Prediction, Table } from './lab-report.ts';
import type { Message, Progress } from './messages.ts';
import { NAMED_NAMESPACES, SCRATCH } from './private-mounts.ts';

/** A prediction that has been stated. */
export interface Stated extends Prediction {
  /**
   * Says what was measured, once.
   *
   * @param evidence who says so: `connect() refused with EADDRNOTAVAIL`
   */
  measure(measured: number, evidence: string): void;
}

export interface StageOptions {
  /** Of the lanes. */
  readonly range: PortRange;
  send(message: Message): void;
}

/** What an experiment has: hosts of its own, and someone to tell what it predicts and finds. */
export class Stage {
  /** Each host has it as its `ip_local_port_range`. */
  readonly range: PortRange;
  /** A folder for its files, which is gone with the experiment. */
  readonly folder: string = SCRATCH;
  readonly #send: (message: Message) => void;
  readonly #measured = new Map<string, boolean>();

  constructor({ range, send }: StageOptions) {
    this.range = range;
    this.#send = send;
  }

  /** How many ports the range has. */
  get ports(): number {
    return rangeSize(this.range);
  }

  /** A new host. @param name no other one has it */
  host(name: string): Host {
    const lab = new Host('lab', openNamespace('/proc/thread-self/ns/net'));
    lab.ip(`netns add ${name}`);
    const host = new Host(name, openNamespace(`${NAMED_NAMESPACES}/${name}`));
    host.ip('link set lo up');
    host.writeSetting('ipv4.ip_local_port_range', `${this.range.low} ${this.range.high}`);
    // A FIN that is sent again because its answer was late is answered by the TIME_WAIT, and that by the other end's RST,
    // which would end it (RFC 1337): with three busy processes for each core 25 of 2,000 ended so.
    host.writeSetting('ipv4.tcp_rfc1337', 1);
    lab.namespace.close();
    return host;
  }

  /** A new folder for its files. */
  newFolder(name: string): string {
    const path = `${this.folder}/${name}`;
    mkdirSync(path);
    return path;
  }

  /** States a prediction. To be called before anything of it is measured. */
  predict(prediction: Prediction): Stated {
    const { what } = prediction;
    checkFinite(what, prediction.predicted);
    if (this.#measured.has(what)) throw new FourtupleError('FT_LAB', `'${what}' is predicted twice`);
    this.#measured.set(what, false);
    this.#send({ kind: 'predicted', prediction });
    return { ...prediction, measure: (measured, evidence) => this.#measure(what, measured, evidence) };
  }

  #measure(what: string, measured: number, evidence: string): void {
    checkFinite(what, measured);
    if (this.#measured.get(what) === true) throw new FourtupleError('FT_LAB', `'${what}' is measured twice`);
    this.#measured.set(what, true);
    this.#send({ kind: 'measured', what, measured, evidence });
  }

  plot(plot: Plot): void {
    this.#send({ kind: 'plot', plot });
  }

  table(table: Table): void {
    this.#send({ kind: 'table', table });
  }

  /** @param note a sentence */
  note(note: string): void {
    this.#send({ kind: 'note', note });
  }

  /** Says how far it is. @param isIdle it leaves the machine to others for a while */
  progress(doing: string, { share = null, isIdle = false }: Partial<Omit<Progress, 'doing'>> = {}): void {
    this.#send({ kind: 'progress', progress: { doing, share, isIdle } });
  }
}

/** JSON has no other numbers. */
function checkFinite(what: string, figure: number): void {
  if (!Number.isFinite(figure)) throw new FourtupleError('FT_LAB', `'${what}': ${figure} is no figure`);
}
