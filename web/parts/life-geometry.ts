/** Where the parts of the picture of a connection's life are: one for a wide page, one for a phone. */
export interface LifeGeometry {
  readonly width: number;
  readonly height: number;
  readonly states: Readonly<Record<LifeState, Box>>;
  readonly ways: readonly Way[];
  readonly words: readonly Words[];
}

export const LIFE_STATES = [
  'CLOSED',
  'SYN_SENT',
  'ESTABLISHED',
  'FIN_WAIT1',
  'FIN_WAIT2',
  'CLOSING',
  'TIME_WAIT',
  'CLOSE_WAIT',
  'LAST_ACK',
] as const;
export type LifeState = (typeof LIFE_STATES)[number];

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What flows along an arrow: connections that open, that this end closes first, that the other does; `rare`: neither. */
export type Flow = 'open' | 'here' | 'release' | 'there' | 'rare';

export interface Way {
  readonly id: string;
  readonly flow: Flow;
  readonly path: string;
}

export interface Words {
  readonly id: 'here' | 'there' | 'open' | 'release';
  readonly x: number;
  readonly y: number;
  readonly anchor: 'start' | 'middle' | 'end';
}

const box = (x: number, y: number, width: number, height: number): Box => ({ x, y, width, height });

export const WIDE: LifeGeometry = {
  width: 940,
  height: 330,
  states: {
    CLOSED: box(14, 130, 118, 66),
    SYN_SENT: box(192, 130, 104, 66),
    ESTABLISHED: box(348, 120, 138, 86),
    FIN_WAIT1: box(552, 66, 104, 56),
    FIN_WAIT2: box(694, 34, 96, 56),
    CLOSING: box(694, 104, 96, 50),
    TIME_WAIT: box(828, 44, 104, 106),
    CLOSE_WAIT: box(576, 228, 112, 58),
    LAST_ACK: box(750, 228, 104, 58),
  },
  ways: [
    { id: 'connect', flow: 'open', path: 'M132 163H186' },
    { id: 'established', flow: 'open', path: 'M296 163H342' },
    { id: 'close', flow: 'here', path: 'M486 146C520 146 510 94 546 94' },
    { id: 'acknowledged', flow: 'here', path: 'M656 86C674 86 670 62 688 62' },
    { id: 'finished', flow: 'here', path: 'M790 62C808 62 806 80 822 80' },
    { id: 'crossed', flow: 'rare', path: 'M656 104C674 104 670 129 688 129' },
    { id: 'closing', flow: 'rare', path: 'M790 129C808 129 806 114 822 114' },
    { id: 'release', flow: 'release', path: 'M880 44V26Q880 14 868 14H85Q73 14 73 26V124' },
    { id: 'other', flow: 'there', path: 'M486 180C532 180 524 257 570 257' },
    { id: 'last', flow: 'there', path: 'M688 257H744' },
    { id: 'gone', flow: 'there', path: 'M802 286V306Q802 318 790 318H85Q73 318 73 306V202' },
  ],
  words: [
    { id: 'open', x: 240, y: 118, anchor: 'middle' },
    { id: 'here', x: 500, y: 52, anchor: 'start' },
    { id: 'there', x: 500, y: 304, anchor: 'start' },
    { id: 'release', x: 300, y: 36, anchor: 'middle' },
  ],
};

export const NARROW: LifeGeometry = {
  width: 360,
  height: 540,
  states: {
    CLOSED: box(112, 8, 136, 56),
    SYN_SENT: box(112, 96, 136, 54),
    ESTABLISHED: box(100, 182, 160, 66),
    FIN_WAIT1: box(52, 302, 112, 52),
    FIN_WAIT2: box(28, 384, 86, 52),
    CLOSING: box(122, 384, 76, 52),
    TIME_WAIT: box(44, 464, 136, 70),
    CLOSE_WAIT: box(218, 302, 112, 52),
    LAST_ACK: box(218, 384, 112, 52),
  },
  ways: [
    { id: 'connect', flow: 'open', path: 'M180 64V90' },
    { id: 'established', flow: 'open', path: 'M180 150V176' },
    { id: 'close', flow: 'here', path: 'M150 248C150 275 108 268 108 296' },
    { id: 'acknowledged', flow: 'here', path: 'M92 354C92 370 76 364 76 378' },
    { id: 'finished', flow: 'here', path: 'M76 436C76 450 92 446 92 458' },
    { id: 'crossed', flow: 'rare', path: 'M130 354C130 370 154 364 154 378' },
    { id: 'closing', flow: 'rare', path: 'M154 436C154 450 132 446 132 458' },
    { id: 'release', flow: 'release', path: 'M44 500H22Q10 500 10 488V48Q10 36 22 36H106' },
    { id: 'other', flow: 'there', path: 'M210 248C210 275 274 268 274 296' },
    { id: 'last', flow: 'there', path: 'M274 354V378' },
    { id: 'gone', flow: 'there', path: 'M330 410H338Q350 410 350 398V48Q350 36 338 36H254' },
  ],
  words: [
    { id: 'here', x: 22, y: 264, anchor: 'start' },
    { id: 'there', x: 274, y: 456, anchor: 'middle' },
  ],
};
