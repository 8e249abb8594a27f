export type Rgb = readonly [red: number, green: number, blue: number];

let probe: HTMLElement | null = null;

/** A colour of the style sheet as numbers: pictures are painted with the same colours as the page. */
export function readColor(name: string): Rgb {
  if (probe === null) {
    probe = document.createElement('span');
    probe.hidden = true;
    document.body.append(probe);
  }
  probe.style.color = `var(--${name})`;
  const [red = 0, green = 0, blue = 0] = (getComputedStyle(probe).color.match(/[\d.]+/g) ?? []).map(Number);
  return [red, green, blue];
}

export function cssColor(name: string, alpha = 1): string {
  return `rgba(${readColor(name).join(',')},${alpha})`;
}

/** @param part of `to`, 0 to 1 */
export function mix(from: Rgb, to: Rgb, part: number): Rgb {
  const one = (a: number, b: number): number => Math.round(a + (b - a) * part);
  return [one(from[0], to[0]), one(from[1], to[1]), one(from[2], to[2])];
}
