import { openNamespace } from '../linux/network-namespace.ts';
import { OWN_NAMESPACE } from '../machine/namespace-identity.ts';
import { FourtupleError } from '../tcp/error.ts';
import type { FixFlags } from './fix-flags.ts';
import type { RecycleRequest } from './fix-recycle-request.ts';

/** `fourtuple fix recycle-time-wait`. */
export async function recycleLanes(flags: FixFlags): Promise<void> {
  const startedAt = performance.now();
  const { lane: pattern, threshold = { kind: 'cliff' }, force = false } = flags;
  if (pattern === undefined) {
    throw new FourtupleError('FT_ARGUMENT', "which lanes? --lane '*>10.0.1.9:8080'", {
      hint: 'They are named as source>destination:port; any part may be * or a block like 10.0.0.0/8.',
    });
  }
  const namespace = openNamespace(flags.netns ?? OWN_NAMESPACE);
  try {
    const request: RecycleRequest = { flags, options: { namespace, pattern, threshold, force }, startedAt };
    if (flags.apply === true) {
      const { applyRecycling } = await import('./fix-recycle-apply.ts');
      await applyRecycling(request);
    } else {
      const { previewRecycling } = await import('./fix-recycle-preview.ts');
      await previewRecycling(request);
    }
  } finally {
    namespace.close();
  }
}
