import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { accepts, brotlied, gzippedWell, isLong } from './content-coding.ts';
import type { Visit } from './guard.ts';
import { LANDING_PAGE } from './landing-page.ts';
import type { Answer } from './route.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};
const ALREADY_COMPRESSED = ['.png', '.webp', '.woff2'];

/** A file's name has a hash of its content, as the build names what the page loads. */
const HASHED = /-[A-Za-z0-9_-]{8,}\.[a-z0-9]+$/;

interface WebFile {
  readonly type: string;
  readonly etag: string;
  readonly cacheControl: string;
  readonly identity: Buffer;
  readonly gzip: Buffer | null;
  readonly br: Buffer | null;
}

/** The dashboard's files, in memory: what is not there when they are read first is never served, and no path leads elsewhere. */
export class WebFiles {
  readonly #folder: string | null;
  #files: Promise<ReadonlyMap<string, WebFile>> | undefined;

  constructor(folder: string | null) {
    this.#folder = folder;
  }

  /** @returns null where there is no such file */
  async answer({ path, headers }: Visit): Promise<Answer | null> {
    this.#files ??= readFiles(this.#folder).catch((error: unknown) => {
      this.#files = undefined;
      throw error;
    });
    const file = (await this.#files).get(path);
    if (file === undefined) return null;
    const common = { ETag: file.etag, 'Cache-Control': file.cacheControl, Vary: 'Accept-Encoding' };
    if (isAmongTags(headers['if-none-match'], file.etag)) return { status: 304, headers: common, body: '' };
    const [coding, body] = chosen(file, headers['accept-encoding']);
    const encoding = coding === null ? {} : { 'Content-Encoding': coding };
    return { status: 200, headers: { ...common, 'Content-Type': file.type, ...encoding }, body };
  }
}

function isAmongTags(header: string | undefined, etag: string): boolean {
  const strong = (tag: string): string => tag.trim().replace(/^W\//, '');
  return (header ?? '').split(',').some((tag) => strong(tag) === strong(etag) || tag.trim() === '*');
}

function chosen(file: WebFile, header: string | undefined): readonly ['br' | 'gzip' | null, Buffer] {
  if (file.br !== null && accepts(header, 'br')) return ['br', file.br];
  if (file.gzip !== null && accepts(header, 'gzip')) return ['gzip', file.gzip];
  return [null, file.identity];
}

async function readFiles(folder: string | null): Promise<ReadonlyMap<string, WebFile>> {
  const files = new Map<string, WebFile>();
  for (const name of folder === null ? [] : await namesBelow(folder)) {
    const type = TYPES[extname(name)];
    if (folder === null || type === undefined) continue;
    files.set(name === 'index.html' ? '/' : `/${name}`, await webFile(name, type, await readFile(join(folder, name))));
  }
  if (!files.has('/')) files.set('/', await webFile('index.html', TYPES['.html'] as string, Buffer.from(LANDING_PAGE)));
  return files;
}

/** Regular files alone: no link leads out of the folder. */
async function namesBelow(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    return files.map(({ parentPath, name }) => relative(folder, join(parentPath, name)).split(sep).join('/'));
  } catch {
    return [];
  }
}

async function webFile(name: string, type: string, identity: Buffer): Promise<WebFile> {
  const isWorthIt = isLong(identity) && !ALREADY_COMPRESSED.includes(extname(name));
  const [gzip, br] = isWorthIt ? await Promise.all([gzippedWell(identity), brotlied(identity)]) : [null, null];
  return {
    ...{ type, identity, gzip, br },
    // Weak: the same for each content coding.
    etag: `W/"${createHash('sha256').update(identity).digest('base64url').slice(0, 22)}"`,
    cacheControl: HASHED.test(name) ? 'private, max-age=31536000, immutable' : 'no-cache',
  };
}
