import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { temporaryRoot } from '../../test/kit/changes.ts';
import { overriddenAtBoot } from './overridden-at-boot.ts';
import type { RecordedChange } from './recorded-change.ts';
import { openLine } from './sysctl-file.ts';

let root = '';
beforeEach(() => {
  root = temporaryRoot();
});

const KEPT: RecordedChange = { kind: 'sysctl.d', setting: 'tcp_tw_reuse', from: null, to: '1' };

function put(file: string, text: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}

/** Before the line is there, and when it is. */
function overriding(change: RecordedChange = KEPT): (readonly string[])[] {
  const found = (): string[] =>
    overriddenAtBoot([change], root).map(({ file, line, value }) => `${file}:${line} ${value}`);
  const before = found();
  openLine(root, change.setting).write(change.to);
  return [before, found()];
}

describe('a setting that is kept', () => {
  it('loses to none where no other file has it', () => {
    put('etc/sysctl.d/99-other.conf', 'net.ipv4.tcp_timestamps = 0\n');
    expect(overriding()).toEqual([[], []]);
  });

  it('loses to none that is applied before it', () => {
    put('etc/sysctl.d/10-other.conf', 'net.ipv4.tcp_tw_reuse = 0\n');
    put('usr/lib/sysctl.d/50-default.conf', 'net.ipv4.tcp_tw_reuse = 2\n');
    expect(overriding()).toEqual([[], []]);
  });

  it('loses to a file with a later name, whatever its folder', () => {
    put('usr/lib/sysctl.d/99-vendor.conf', '# vendor\nnet.ipv4.tcp_tw_reuse = 0\n');
    const line = '/usr/lib/sysctl.d/99-vendor.conf:2 0';
    expect(overriding()).toEqual([[line], [line]]);
  });

  it('loses to the last of several files', () => {
    put('etc/sysctl.d/95-a.conf', 'net.ipv4.tcp_tw_reuse = 0\n');
    put('etc/sysctl.d/96-b.conf', 'net.ipv4.tcp_tw_reuse = 2\nnet.ipv4.tcp_tw_reuse = 0\n');
    const line = '/etc/sysctl.d/96-b.conf:2 0';
    expect(overriding()).toEqual([[line], [line]]);
  });

  it('loses to /etc/sysctl.conf, by the link to it too', () => {
    put('etc/sysctl.conf', 'net.ipv4.tcp_tw_reuse = 0\n');
    symlinkSync('../sysctl.conf', join(root, 'etc/sysctl.d/99-sysctl.conf'));
    const line = '/etc/sysctl.conf:1 0';
    expect(overriding()).toEqual([[line], [line]]);
  });

  it('loses to none that sets the same', () => {
    const change: RecordedChange = { ...KEPT, setting: 'ip_local_reserved_ports', to: '8080-8081' };
    put('etc/sysctl.d/99-other.conf', 'net.ipv4.ip_local_reserved_ports = 8081,8080\n');
    expect(overriding(change)).toEqual([[], []]);
  });
});

describe('a setting that is not kept', () => {
  it('is not told of', () => {
    put('etc/sysctl.d/99-other.conf', 'net.ipv4.tcp_tw_reuse = 0\n');
    expect(overriddenAtBoot([{ ...KEPT, kind: 'sysctl' }], root)).toEqual([]);
  });
});
