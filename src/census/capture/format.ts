import type { CapturedSockets } from './captured-sockets.ts';
import type { Line } from './lines.ts';
import type { Outcome } from './outcome.ts';
import type { Owners } from './owners.ts';
import type { Zones } from './zones.ts';

/** What a reader fills. */
export interface CaptureContents {
  /** What the capture is called in messages: its file's name. */
  readonly name: string;
  readonly sockets: CapturedSockets;
  readonly owners: Owners;
  readonly zones: Zones;
}

/** Reads one capture, line by line. */
export interface CaptureReader {
  /**
   * Reads a line that is not blank.
   *
   * @throws FourtupleError FT_CAPTURE where the line shows that the capture as a whole cannot be read
   */
  read(line: Line): Outcome;
  /** Reads what had to wait for the last line. */
  finish?(complain: (line: Line, complaint: NonNullable<Outcome>) => void): void;
  /** Whether listening sockets were asked for, as far as the text tells. */
  readonly holdsListeners: boolean;
  /** Whether it tells when TIME_WAIT ends. */
  readonly holdsTimers: boolean;
}

/** A kind of text that TCP sockets are captured in. */
export interface CaptureFormat {
  /** What a person calls it. */
  readonly name: string;
  /** Whether a line can only be of this format. */
  recognizes(text: string): boolean;
  reader(contents: CaptureContents): CaptureReader;
}
