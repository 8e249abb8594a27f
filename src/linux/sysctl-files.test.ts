import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSettingLines } from './sysctl-files.ts';

let root = '';

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'fourtuple-test-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(file: string, text: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}

function link(file: string, target: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  symlinkSync(target, join(root, file));
}

/** `file:line setting=value` of each line. */
function found(): string[] {
  return readSettingLines(root).map(({ file, line, setting, value }) => `${file}:${line} ${setting}=${value}`);
}

describe('settings of sysctl files', () => {
  it('are none where there are no files', () => {
    expect(found()).toEqual([]);
  });

  it('are told with their line, whatever stands around them', () => {
    write(
      'etc/sysctl.d/90-tuning.conf',
      '# net.ipv4.tcp_tw_recycle = 1\n; net.ipv4.tcp_fin_timeout = 1\n\nnet.ipv4.tcp_fin_timeout=15\n' +
        '  -net.ipv4.tcp_tw_recycle =  1  \nnet.ipv4.ip_local_port_range = 1024 65000\nno setting\n-net.ipv4.conf.*\n',
    );
    expect(found()).toEqual([
      '/etc/sysctl.d/90-tuning.conf:4 net.ipv4.tcp_fin_timeout=15',
      '/etc/sysctl.d/90-tuning.conf:5 net.ipv4.tcp_tw_recycle=1',
      '/etc/sysctl.d/90-tuning.conf:6 net.ipv4.ip_local_port_range=1024 65000',
    ]);
  });

  it('have dots, also where the file has slashes', () => {
    write('etc/sysctl.d/a.conf', 'net/ipv4/tcp_tw_recycle = 1\nnet/ipv4/conf/eth0.1/rp_filter = 0\n');
    write('etc/sysctl.d/b.conf', 'net.ipv4.conf.eth0/1.rp_filter = 0\n');
    expect(found().map((line) => line.split(' ')[1])).toEqual([
      'net.ipv4.tcp_tw_recycle=1',
      'net.ipv4.conf.eth0/1.rp_filter=0',
      'net.ipv4.conf.eth0/1.rp_filter=0',
    ]);
  });

  it('are in the order of the file names, whatever their folders, and /etc/sysctl.conf is last', () => {
    write('etc/sysctl.conf', 'a=4');
    write('etc/sysctl.d/20.conf', 'a=2');
    write('run/sysctl.d/30.conf', 'a=3');
    write('usr/lib/sysctl.d/10.conf', 'a=1');
    write('usr/lib/sysctl.d/README', 'a=5');
    expect(found().map((line) => line.at(-1))).toEqual(['1', '2', '3', '4']);
  });

  it('are those of the first folder, where several have a file of the same name', () => {
    const folders = ['etc/sysctl.d', 'run/sysctl.d', 'usr/local/lib/sysctl.d', 'usr/lib/sysctl.d', 'lib/sysctl.d'];
    for (const [index, folder] of folders.entries()) {
      for (const name of ['a', 'b', 'c', 'd', 'e'].slice(0, index + 1))
        write(`${folder}/${name}.conf`, `${name}=${folder}`);
    }
    expect(found().map((line) => line.replace(/^\S+ /, ''))).toEqual(
      folders.map((folder, index) => `${'abcde'[index]}=${folder}`),
    );
  });

  it('are hidden by a link to nowhere', () => {
    write('usr/lib/sysctl.d/a.conf', 'a=1');
    link('etc/sysctl.d/a.conf', '/dev/null');
    expect(found()).toEqual([]);
  });

  it('of /etc/sysctl.conf are read once, in the place of the link that Debian has to it', () => {
    write('etc/sysctl.conf', 'a=1');
    link('etc/sysctl.d/99-sysctl.conf', '../sysctl.conf');
    write('etc/sysctl.d/zz.conf', 'a=2');
    expect(found()).toEqual(['/etc/sysctl.conf:1 a=1', '/etc/sysctl.d/zz.conf:1 a=2']);
  });
});
