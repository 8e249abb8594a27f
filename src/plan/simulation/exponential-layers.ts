const LAYERS = 256;
/** Where the tail begins, and the area of each layer: with these the last layer ends at 0. */
const TAIL = 7.69711747013105;
const AREA = 0.003949659822581557;

/**
 * The layers of equal area that cover the exponential density e^-x, the widest first (Marsaglia and Tsang: "The Ziggurat
 * Method for Generating Random Variables", 2000). Nearly every draw falls into the part of a layer that is wholly below the
 * density, and needs no logarithm.
 */
export class ExponentialLayers {
  /** How far each layer reaches, and 0 at the end; the first one as far as makes its area that of the others with the tail. */
  readonly reach: Float64Array = new Float64Array(LAYERS + 1);
  /** The density there. */
  readonly density: Float64Array;
  /** Where the tail begins, which the first layer stands for. */
  readonly tail: number = TAIL;

  constructor() {
    const reach = this.reach;
    reach[0] = AREA * Math.exp(TAIL);
    reach[1] = TAIL;
    for (let layer = 2; layer < LAYERS; layer += 1) {
      const wider = reach[layer - 1] as number;
      reach[layer] = -Math.log(Math.exp(-wider) + AREA / wider);
    }
    this.density = reach.map((x) => Math.exp(-x));
  }
}
