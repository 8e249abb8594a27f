import type { Safety } from '../../remedies/remedy.ts';

/** How a reason begins that is none of danger. */
const USELESS = 'useless: ';

/** Why a remedy is of no use, where that is what speaks against it; null where it is the danger. */
export function whyUseless({ safe, reason }: Safety): string | null {
  return safe === false && reason.startsWith(USELESS) ? reason.slice(USELESS.length) : null;
}

/** Whether a remedy is safe, and why: one sentence. @param where `here`, `for 10.0.0.5>10.0.1.9:8080` */
export function describeSafety(safety: Safety, where = 'here'): string {
  const { safe, reason } = safety;
  if (safe === null) return `Whether it is safe ${where} is not known: ${reason}.`;
  const useless = whyUseless(safety);
  if (useless !== null) return `Useless ${where}: ${useless}.`;
  return `${safe ? 'Safe' : 'NOT SAFE'} ${where}: ${reason}.`;
}
