import { describe, expect, it } from 'vitest';
import { markup } from './markup.ts';

describe('a template of markup', () => {
  it('escapes text, in attributes too', () => {
    const name = `<script>alert("x")</script> & 'y'`;
    expect(markup`<a b="${name}">${name}</a>`.markup).toBe(
      '<a b="&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &#39;y&#39;">&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &#39;y&#39;</a>',
    );
  });

  it('inserts what another template made as it is, and lists of it', () => {
    const items = ['a', '<'].map((item) => markup`<li>${item}</li>`);
    expect(markup`<ul>${items}</ul>`.markup).toBe('<ul><li>a</li>\n<li>&lt;</li></ul>');
  });

  it('writes numbers with one decimal at most', () => {
    expect(markup`${1 / 3} ${2} ${-0.04}`.markup).toBe('0.3 2 0');
  });

  it.each([
    ['control characters', 'a\u0000b\u001bc', 'a\uFFFDb\uFFFDc'],
    ['halves of characters', 'a\ud800b', 'a\uFFFDb'],
    ['marks that turn the direction around', 'a\u202Eb', 'a\uFFFDb'],
  ])('replaces %s', (_, text, shown) => {
    expect(markup`${text}`.markup).toBe(shown);
  });

  it('leaves letters of every script', () => {
    expect(markup`${'データ → größe 🚀'}`.markup).toBe('データ → größe 🚀');
  });
});
