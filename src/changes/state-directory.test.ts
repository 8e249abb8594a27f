import { mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/kit/proxies.ts';
import { makeStateDirectory, stateDirectory, syncNames } from './state-directory.ts';

describe('the directory of the journal', () => {
  it.each([
    [undefined, '/var/lib/fourtuple'],
    ['', '/var/lib/fourtuple'],
    ['/srv/state', '/srv/state'],
    ['/srv/state/', '/srv/state'],
    ['state', join(process.cwd(), 'state')],
  ])('is, with FOURTUPLE_STATE_DIRECTORY %j, %s', (given, directory) => {
    expect(stateDirectory({ FOURTUPLE_STATE_DIRECTORY: given })).toBe(directory);
  });
});

describe('making it', () => {
  let folder: string;

  beforeEach(() => {
    folder = temporaryFolder();
  });

  it('makes those above it too, and leaves alone what is there', () => {
    const directory = join(folder, 'a', 'b', 'c');
    makeStateDirectory(directory);
    writeFileSync(join(directory, 'file'), 'text');
    const before = statSync(directory).mtimeMs;
    makeStateDirectory(directory);
    expect(statSync(directory).mtimeMs).toBe(before);
    expect(readFileSync(join(directory, 'file'), 'utf8')).toBe('text');
  });

  it('leaves the permissions of one that is there', () => {
    const directory = join(folder, 'a');
    mkdirSync(directory, { mode: 0o700 });
    makeStateDirectory(directory);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
  });

  it('follows links to directories', () => {
    mkdirSync(join(folder, 'target'));
    symlinkSync('target', join(folder, 'link'));
    makeStateDirectory(join(folder, 'link'));
    makeStateDirectory(join(folder, 'link', 'a'));
    expect(statSync(join(folder, 'target', 'a')).isDirectory()).toBe(true);
  });

  it.each([
    ['file', 'EEXIST'],
    ['file/a', 'ENOTDIR'],
    ['nowhere', 'EEXIST'],
    ['nowhere/a', 'EEXIST'],
    ['/proc/fourtuple', 'ENOENT'],
    ['/proc/fourtuple/a', 'ENOENT'],
    ['/dev/null/a', 'ENOTDIR'],
  ])('fails for %s with %s', (path, code) => {
    writeFileSync(join(folder, 'file'), '');
    symlinkSync('no-such', join(folder, 'nowhere'));
    expect(() => makeStateDirectory(path.startsWith('/') ? path : join(folder, path))).toThrow(
      expect.objectContaining({ code }),
    );
  });
});

describe('syncing names', () => {
  // Names of /proc are on no disk, and fsync(2) says so.
  it.each(['/', '/proc', '.'])('of %s comes to an end', (directory) => {
    expect(() => syncNames(directory)).not.toThrow();
  });

  it('tells of a directory that is not there', () => {
    expect(() => syncNames('/no/such')).toThrow(expect.objectContaining({ code: 'ENOENT' }));
  });
});
