import { readdirSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { needsKernel } from '../../test/kit/kernel-version.ts';
import { createNamespace, forgetNamespaces, inside, whyNoNamespaces } from '../../test/kit/network-namespace.ts';
import { withoutCapabilities } from '../../test/kit/without-capabilities.ts';
import { bootId, networkNamespaceCookie } from './namespace-cookie.ts';

describe('the cookie of a network namespace', () => {
  needsKernel(5, 14);

  it('stays the same, needs no privilege and leaves no file open', () => {
    const files = readdirSync('/proc/self/fd').length;
    const cookie = networkNamespaceCookie();
    expect(cookie).toBeGreaterThan(0n);
    expect(networkNamespaceCookie()).toBe(cookie);
    expect(withoutCapabilities(networkNamespaceCookie)).toBe(cookie);
    expect(readdirSync('/proc/self/fd')).toHaveLength(files);
  });
});

describe('the cookies of several network namespaces', () => {
  needsKernel(5, 14);

  beforeEach(({ skip }) => {
    const reason = whyNoNamespaces();
    if (reason !== undefined) skip(reason);
  });

  it('differ, also from those of namespaces that are gone', () => {
    const seen = new Set([networkNamespaceCookie()]);
    for (let made = 1; made <= 5; made += 1) {
      const namespace = createNamespace();
      const cookie = inside(namespace, networkNamespaceCookie);
      expect(inside(namespace, networkNamespaceCookie)).toBe(cookie);
      seen.add(cookie);
      expect(seen.size).toBe(1 + made);
      forgetNamespaces();
    }
  });
});

describe('the number of this boot', () => {
  it('is a UUID, and stays the same', () => {
    expect(bootId()).toMatch(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(bootId()).toBe(bootId());
  });
});
