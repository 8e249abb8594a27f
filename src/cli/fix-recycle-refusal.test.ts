import { describe, expect, it } from 'vitest';
import { machineLike, situationLike } from '../../test/kit/machines.ts';
import { recycleTimeWait } from '../remedies/recycle-time-wait.ts';
import { FourtupleError } from '../tcp/error.ts';
import { explainRefusal } from './fix-recycle-refusal.ts';

const byHand = (machine = machineLike()) => ({
  missing: recycleTimeWait.missing(machine).map(({ text }) => text),
  instructions: recycleTimeWait.byHand(situationLike({ machine })),
});

describe('a refusal to recycle', () => {
  it('names the capability, and what root would type', () => {
    const refusal = new FourtupleError('FT_PRIVILEGE', 'the kernel says no');
    const explained = explainRefusal(refusal, byHand(machineLike({ capabilities: new Set() })));
    expect(explained).toMatchObject({ code: 'FT_PRIVILEGE', message: expect.stringContaining('CAP_NET_ADMIN') });
    expect(explained.hint).toBe(
      "Nothing was released.\nBy hand, as root:\n  ss -HKtn state time-wait 'src 10.0.0.5 and dst 10.0.1.9 and dport = :8080' > /dev/null",
    );
  });

  it('keeps what the kernel says where the capability is there, and does not reach', () => {
    const refusal = new FourtupleError('FT_PRIVILEGE', 'the kernel says no', { hint: 'Go outside.' });
    const explained = explainRefusal(refusal, byHand());
    expect(explained.message).toBe('the kernel says no');
    expect(explained.hint).toMatch(/^Nothing was released\.\nGo outside\.\nBy hand, as root:\n {2}ss /);
  });

  it('names the kernel that it needs, and no command that such a kernel would refuse too', () => {
    const old = machineLike({ kernel: { major: 5, minor: 15 } });
    const explained = explainRefusal(new FourtupleError('FT_UNSUPPORTED', 'EOPNOTSUPP'), byHand(old));
    expect(explained).toMatchObject({ code: 'FT_UNSUPPORTED', hint: 'Nothing was released.' });
    expect(explained.message).toBe('destroying TIME_WAIT sockets needs Linux 6.0, this is 5.15');
  });
});
