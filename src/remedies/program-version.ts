/**
 * Whether a program's version, `1.29.7` or `2.6.12-1+deb12u4`, is `least` or a later one.
 *
 * @returns null where the version is not known
 */
export function isVersionAtLeast(version: string | null, least: readonly number[]): boolean | null {
  const match = version === null ? null : /^\d+(?:\.\d+)*/.exec(version);
  if (match === null) return null;
  const numbers = match[0].split('.').map(Number);
  for (const [index, wanted] of least.entries()) {
    const number = numbers[index] ?? 0;
    if (number !== wanted) return number > wanted;
  }
  return true;
}
