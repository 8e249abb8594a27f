import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { temporaryRoot } from '../../test/kit/changes.ts';
import { temporaryFolder } from '../../test/kit/proxies.ts';
import { withoutCapabilities } from '../../test/kit/without-capabilities.ts';
import { readSettingLines } from '../linux/sysctl-files.ts';
import { openLine, readLine, removeUnfinished, SYSCTL_FILE } from './sysctl-file.ts';

let root = '';
let file = '';

beforeEach(() => {
  root = temporaryRoot();
  file = join(root, SYSCTL_FILE);
});

function write(setting: string, value: string | null): void {
  const line = openLine(root, setting);
  line.write(value);
  expect(line.read()).toBe(value);
  line.close();
}

const text = (): string => readFileSync(file, 'latin1');
const folder = (): string[] => readdirSync(join(root, 'etc/sysctl.d'));

describe('the program’s sysctl file', () => {
  it('is not there at first, and opening a line of it does not make it', () => {
    expect(readLine(root, 'tcp_tw_reuse')).toBeNull();
    openLine(root, 'tcp_tw_reuse').close();
    expect(folder()).toEqual([]);
  });

  it('says whose it is and how to take it back, and is read by all', () => {
    write('ip_local_port_range', '1024 65535');
    write('tcp_tw_reuse', '1');
    expect(text()).toMatch(/^(# .*\n)+net\.ipv4\.ip_local_port_range = 1024 65535\nnet\.ipv4\.tcp_tw_reuse = 1\n$/);
    expect(text()).toContain('fourtuple fix --undo');
    expect(statSync(file).mode & 0o777).toBe(0o644);
    expect(folder()).toEqual(['90-fourtuple.conf']);
    expect(readSettingLines(root).map(({ setting, value }) => `${setting}=${value}`)).toEqual([
      'net.ipv4.ip_local_port_range=1024 65535',
      'net.ipv4.tcp_tw_reuse=1',
    ]);
  });

  it('has one line of a setting, however often it is written', () => {
    for (const value of ['1', '2', '0']) write('tcp_tw_reuse', value);
    expect(text().match(/tcp_tw_reuse/g)).toHaveLength(1);
    expect(readLine(root, 'tcp_tw_reuse')).toBe('0');
  });

  it('goes with its last setting', () => {
    write('tcp_tw_reuse', '1');
    write('tcp_timestamps', '1');
    write('tcp_tw_reuse', null);
    expect(readLine(root, 'tcp_timestamps')).toBe('1');
    write('tcp_timestamps', null);
    expect(folder()).toEqual([]);
    write('tcp_timestamps', null);
    expect(folder()).toEqual([]);
  });

  it('keeps what a person has put into it, byte for byte', () => {
    const own =
      '# mine: \xe4\xff\nnet.core.somaxconn=1024\n\n-net/ipv4/tcp_fin_timeout=30\n; more\nnet.ipv4.tcp_tw_reuse =0';
    writeFileSync(file, own, 'latin1');
    expect(readLine(root, 'tcp_fin_timeout')).toBe('30');
    write('tcp_fin_timeout', '15');
    write('tcp_timestamps', '1');
    expect(text()).toBe(`${own.replace('=30', '=15')}\nnet.ipv4.tcp_timestamps = 1\n`);
    write('tcp_timestamps', null);
    write('tcp_fin_timeout', '30');
    expect(text()).toBe(`${own}\n`);
    for (const setting of ['tcp_fin_timeout', 'tcp_tw_reuse']) write(setting, null);
    expect(text()).toBe('# mine: \xe4\xff\nnet.core.somaxconn=1024\n\n; more\n');
  });

  it('stays for a person’s comment alone', () => {
    write('tcp_tw_reuse', '1');
    writeFileSync(file, `${text()}# see ticket 7\n`);
    write('tcp_tw_reuse', null);
    expect(text()).toContain('# see ticket 7');
  });

  it('means the last of several lines of one setting', () => {
    writeFileSync(file, 'net.ipv4.tcp_tw_reuse = 0\nnet.ipv4.tcp_tw_reuse = 2\n');
    expect(readLine(root, 'tcp_tw_reuse')).toBe('2');
    write('tcp_tw_reuse', '1');
    expect(text()).toBe('net.ipv4.tcp_tw_reuse = 0\nnet.ipv4.tcp_tw_reuse = 1\n');
    write('tcp_tw_reuse', null);
    expect(folder()).toEqual([]);
  });

  it('holds whatever is written, and gives back what was there', () => {
    const settings = ['tcp_tw_reuse', 'ip_local_port_range', 'ip_local_reserved_ports'];
    const value = fc.oneof(fc.constantFrom('', '1', '1024 65535', '8080,9000-9003', '$& $1'), fc.constant(null));
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...settings), value), { maxLength: 8 }), (writes) => {
        rmSync(file, { force: true });
        const model = new Map<string, string | null>();
        for (const [setting, to] of writes) {
          write(setting, to);
          model.set(setting, to);
        }
        for (const setting of settings) expect(readLine(root, setting)).toBe(model.get(setting) ?? null);
        for (const setting of settings) write(setting, null);
        expect(folder()).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });

  it('is never half there: what a killed write has left is not read, and is removed', () => {
    writeFileSync(`${file}.new`, 'net.ipv4.tcp_tw_re');
    expect(readLine(root, 'tcp_tw_reuse')).toBeNull();
    expect(readSettingLines(root)).toEqual([]);
    write('tcp_tw_reuse', '1');
    expect(folder()).toEqual(['90-fourtuple.conf']);
    writeFileSync(`${file}.new`, '');
    removeUnfinished(root);
    removeUnfinished(root);
    expect(folder()).toEqual(['90-fourtuple.conf']);
  });
});

describe('without privileges, a line', () => {
  it('is not written, and says so', () => {
    const line = openLine(root, 'tcp_tw_reuse');
    chmodSync(join(root, 'etc/sysctl.d'), 0o555);
    withoutCapabilities(() => {
      const message = `'${file}' may not be written: EACCES`;
      expect(() => line.write('1')).toThrow(expect.objectContaining({ code: 'FT_PRIVILEGE', message }));
    });
    chmodSync(join(root, 'etc/sysctl.d'), 0o755);
    expect(folder()).toEqual([]);
  });
});

describe('where it cannot be written, opening a line', () => {
  it('says that there is no folder', () => {
    const bare = temporaryFolder();
    expect(readLine(bare, 'tcp_tw_reuse')).toBeNull();
    expect(() => openLine(bare, 'tcp_tw_reuse')).toThrow(
      expect.objectContaining({
        code: 'FT_UNSUPPORTED',
        message: `there is no folder '${join(bare, 'etc/sysctl.d')}'`,
      }),
    );
  });

  it('does not write through a link, nor over a folder', () => {
    const elsewhere = join(root, 'elsewhere');
    writeFileSync(elsewhere, '');
    symlinkSync(elsewhere, file);
    expect(() => openLine(root, 'tcp_tw_reuse')).toThrow(expect.objectContaining({ code: 'FT_KERNEL' }));
    rmSync(file);
    mkdirSync(file);
    expect(() => openLine(root, 'tcp_tw_reuse')).toThrow(expect.objectContaining({ code: 'FT_KERNEL' }));
    expect(existsSync(`${file}.new`)).toBe(false);
  });

  it('takes no name that is none', () => {
    expect(() => readLine(root, 'tcp_tw_reuse = 1\nkernel.core_pattern')).toThrow(
      expect.objectContaining({ code: 'FT_ARGUMENT' }),
    );
  });
});
