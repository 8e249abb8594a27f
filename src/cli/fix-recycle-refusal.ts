import { FourtupleError } from '../tcp/error.ts';
import type { RecyclingByHand } from './fix-recycle-by-hand.ts';

/** The same refusal for a person: what this process or the kernel lacks, and where it is a privilege, what root would type. */
export function explainRefusal(
  { code, message, hint, cause }: FourtupleError,
  { missing, instructions }: RecyclingByHand,
): FourtupleError {
  const commands = code === 'FT_PRIVILEGE' ? instructions.map(({ text }) => `  ${text}`) : [];
  const lines = [
    'Nothing was released.',
    ...(hint === undefined ? [] : [hint]),
    ...(commands.length === 0 ? [] : ['By hand, as root:', ...commands]),
  ];
  const why = missing.length === 0 ? message : missing.join('; ');
  return new FourtupleError(code, why, { hint: lines.join('\n'), cause });
}
