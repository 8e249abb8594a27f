import { describe, expect, it } from 'vitest';
import { NetstatDetails } from './netstat-details.ts';

const NONE = { timer: undefined, leftMs: -1, inode: -1, processes: [] };
const NGINX = [{ pid: 811, name: 'nginx: worker pr' }];

describe('what netstat prints behind the state', () => {
  it.each([
    ['', ' ', NONE],
    ['Timer', ' timewait (59.21/0/0)', { timer: 'timewait', leftMs: 59_210 }],
    ['Timer', ' keepalive (116.61/0/2)', { timer: 'keepalive', leftMs: 116_610 }],
    ['PID/Program name', ' 811/nginx: worker pr  ', { ...NONE, processes: NGINX }],
    ['PID/Program name', ' 12/a timewait (1.00/0/0)', { timer: undefined }],
    ['PID/Program name     Timer', ' 811/nginx: worker pr off (0.00/0/0)', { timer: 'off', processes: NGINX }],
    ['PID/Program name     Timer', ' -                    off (0.00/0/0)', { timer: 'off', processes: [] }],
    ['User       Inode', ' www-data   4142243  ', { ...NONE, inode: 4_142_243 }],
    ['User       Inode       PID/Program name', ' 33 0          -', { inode: 0, processes: [] }],
    ['User       Inode       PID/Program name', ' 33 7  811/nginx: worker pr', { inode: 7, processes: NGINX }],
  ])('under the header %j, %j is read', (columns, text, expected) => {
    const details = new NetstatDetails();
    details.readHeader(`Proto Recv-Q Send-Q Local Address           Foreign Address         State       ${columns}`);
    details.read(text);
    expect(details).toMatchObject(expected);
  });

  it.each([
    [' 33         7          811/nginx: worker pr timewait (1.50/0/0)', { inode: 7, processes: NGINX, leftMs: 1500 }],
    [' 811/nginx: worker pr ', { inode: -1, processes: NGINX }],
    [' timewait (1.50/0/0)', { inode: -1, processes: [], timer: 'timewait' }],
    [' what else', NONE],
  ])('without a header, %j is read', (text, expected) => {
    const details = new NetstatDetails();
    details.read(text);
    expect(details).toMatchObject(expected);
  });
});
