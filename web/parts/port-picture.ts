import { PORT_COUNT, PortKind } from '../agent/port-map.ts';
import { mix, type Rgb, readColor } from './color.ts';

/** TIME_WAIT lasts as long as this, as a map tells it: what is older is paler. */
const LONGEST_LEFT = 60;
/** The palest that TIME_WAIT gets, as a part of the way to free. */
const PALEST = 0.72;

/** A colour for each byte of a port map. */
export function portColors(): Uint32Array {
  const [free, wait] = [readColor('port-free'), readColor('port-wait')];
  const colors = new Uint32Array(256).fill(pack(wait));
  colors[PortKind.outside] = pack(readColor('port-outside'));
  colors[PortKind.reserved] = pack(readColor('port-reserved'));
  colors[PortKind.blocked] = pack(readColor('port-blocked'));
  colors[PortKind.free] = pack(free);
  colors[PortKind.live] = pack(readColor('port-live'));
  colors[PortKind.finWait2] = pack(readColor('port-orphan'));
  colors[PortKind.timeWait] = pack(mix(wait, free, PALEST / 2));
  for (let left = 0; left < 64; left += 1) {
    const age = Math.max(0, 1 - left / LONGEST_LEFT);
    colors[PortKind.timeWaitLeft + left] = pack(mix(wait, free, PALEST * age));
  }
  return colors;
}

/** Paints a map: 256 ports in a row, port 0 at the top left. */
export function paintPorts(canvas: HTMLCanvasElement, ports: Uint8Array, colors: Uint32Array): void {
  const context = canvas.getContext('2d');
  if (context === null) return;
  const image = context.createImageData(256, 256);
  const pixels = new Uint32Array(image.data.buffer);
  for (let port = 0; port < PORT_COUNT; port += 1) pixels[port] = colors[ports[port] as number] as number;
  context.putImageData(image, 0, 0);
}

/** As a canvas holds it on every machine that browsers run on: the lowest byte is red. */
function pack([red, green, blue]: Rgb): number {
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}
