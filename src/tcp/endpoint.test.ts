import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyAddress, anyPort } from '../../test/kit/arbitraries.ts';
import { formatAddress } from './address.ts';
import { type Endpoint, formatEndpoints, parseEndpoint, parseEndpoints } from './endpoint.ts';
import { formatEndpoint } from './lane.ts';

const texts = (endpoints: readonly Endpoint[]) => endpoints.map(({ address, port }) => formatEndpoint(address, port));

describe('endpoints', () => {
  it.each([
    ['10.0.1.9:8080', ['10.0.1.9:8080']],
    ['10.0.1.9:8080-8082', ['10.0.1.9:8080', '10.0.1.9:8081', '10.0.1.9:8082']],
    ['10.0.1.9-10.0.1.10:80', ['10.0.1.9:80', '10.0.1.10:80']],
    ['10.0.1.9-10.0.1.10:80-81', ['10.0.1.9:80', '10.0.1.9:81', '10.0.1.10:80', '10.0.1.10:81']],
    ['[2001:db8::9-2001:db8::a]:80 , 10.0.1.9:80', ['[2001:db8::9]:80', '[2001:db8::a]:80', '10.0.1.9:80']],
    ['[::ffff:10.0.1.9]:80', ['10.0.1.9:80']],
  ])('%s are each of them', (text, endpoints) => {
    expect(texts(parseEndpoints(text))).toEqual(endpoints);
  });

  it.each([
    ['10.0.1.9:8080-8083,10.0.1.10:8080-8083', '10.0.1.9:8080-8083,10.0.1.10:8080-8083'],
    ['10.0.1.9-10.0.1.10:80-81', '10.0.1.9:80-81,10.0.1.10:80-81'],
    ['10.0.1.9:80,10.0.1.10:80,10.0.1.11:80', '10.0.1.9-10.0.1.11:80'],
    ['10.0.1.9:80,10.0.1.11:80', '10.0.1.9:80,10.0.1.11:80'],
    ['10.0.1.9:80,10.0.1.10:81', '10.0.1.9:80,10.0.1.10:81'],
    ['[2001:db8::9]:80,[2001:db8::a]:80', '[2001:db8::9-2001:db8::a]:80'],
    ['[2001:DB8::9]:80-80', '[2001:db8::9]:80'],
  ])('%s are written as %s', (text, written) => {
    expect(formatEndpoints(parseEndpoints(text))).toBe(written);
  });

  it('are read back from what is written', () => {
    const anyEndpoint = fc.record({ address: anyAddress.map(formatAddress), port: anyPort });
    const endpoints = fc.uniqueArray(anyEndpoint, { minLength: 1, maxLength: 12, selector: (one) => texts([one])[0] });
    fc.assert(
      fc.property(endpoints, (all) => {
        expect(parseEndpoints(formatEndpoints(all))).toEqual(all);
      }),
    );
  });

  it('that are one are read as one', () => {
    expect(parseEndpoint(' [2001:DB8::9]:8080 ')).toEqual({ address: '2001:db8::9', port: 8080 });
  });

  it.each([
    ['', 'no destination is given'],
    ['10.0.1.9:80,', "'10.0.1.9:80,' has nothing between two commas, or at an end"],
    ['10.0.1.9', "'10.0.1.9' has no port"],
    ['2001:db8::9', "'2001:db8::9' has no port"],
    ['10.0.1.9:http', "'10.0.1.9:http' names no destination: 'http' is not a port"],
    ['10.0.1.9:0', "'0' is not a port"],
    ['10.0.1.9:8083-8080', "'8083-8080' is not a port range: it is upside down"],
    ['10.0.1.9:80-65536', 'no port is above 65535'],
    ['backend:80', "'backend' is not an IP address"],
    ['10.0.1.0/24:80', "'10.0.1.0/24' is not an IP address"],
    ['[fe80::9%eth0]:80', "'fe80::9%eth0' has a zone"],
    ['10.0.1.9:1-300', "'10.0.1.9:1-300' has more than 256 destinations"],
    ['10.0.1.9-10.0.1.40:80-89', "'10.0.1.9-10.0.1.40:80-89' has more than 256 destinations"],
    ['10.0.1.9:80,10.0.1.9:80', "'10.0.1.9:80' is given twice"],
    ['10.0.1.9:80-83,10.0.1.9:83-85', "'10.0.1.9:80-83' and '10.0.1.9:83-85' overlap: both have 10.0.1.9:83"],
  ])('are refused by the part that is wrong: %j', (text, message) => {
    expect(() => parseEndpoints(text)).toThrow(
      expect.objectContaining({ code: 'FT_ARGUMENT', message: expect.stringContaining(message) }),
    );
  });

  it('are refused where one is asked for', () => {
    expect(() => parseEndpoint('10.0.1.9:8080-8081')).toThrow("'10.0.1.9:8080-8081' is 2 destinations");
  });
});
