import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';

interface Device {
  readonly name: string;
  readonly kind: string;
}

describe('the name of a device', () => {
  let describeDevice: (userAgent?: string) => Device;

  before(async () => {
    const file = pathToFileURL(resolve('examples/device.mjs')).href;
    ({ describeDevice } = (await import(file)) as { describeDevice: typeof describeDevice });
  });

  const mozilla = 'Mozilla/5.0';
  const webkit = 'AppleWebKit/537.36 (KHTML, like Gecko)';
  const mac = '(Macintosh; Intel Mac OS X 10_15_7)';
  const windows = '(Windows NT 10.0; Win64; x64)';
  const iphone = '(iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)';
  const android = '(Linux; Android 10; K)';
  const devices: [userAgent: string | undefined, name: string, kind: string][] = [
    [`${mozilla} ${windows} ${webkit} Chrome/138.0.0.0 Safari/537.36`, 'Chrome 138 on Windows', 'computer'],
    [
      `${mozilla} ${windows} ${webkit} Chrome/138.0.0.0 Safari/537.36 Edg/138.0.3351.83`,
      'Edge 138 on Windows',
      'computer',
    ],
    [
      `${mozilla} ${mac} ${webkit} Chrome/138.0.0.0 Safari/537.36 OPR/120.0.0.0`,
      'Opera 120 on macOS',
      'computer',
    ],
    [
      `${mozilla} ${mac} AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15`,
      'Safari 18 on macOS',
      'computer',
    ],
    [
      `${mozilla} (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0`,
      'Firefox 141 on Linux',
      'computer',
    ],
    [
      `${mozilla} (X11; CrOS x86_64 14541.0.0) ${webkit} Chrome/138.0.0.0 Safari/537.36`,
      'Chrome 138 on ChromeOS',
      'computer',
    ],
    [`${mozilla} ${iphone} Version/18.5 Mobile/15E148 Safari/604.1`, 'Safari 18 on iPhone', 'phone'],
    [`${mozilla} ${iphone} CriOS/138.0.7204.119 Mobile/15E148 Safari/604.1`, 'Chrome 138 on iPhone', 'phone'],
    [`${mozilla} ${iphone} FxiOS/141.0 Mobile/15E148 Safari/605.1.15`, 'Firefox 141 on iPhone', 'phone'],
    [
      `${mozilla} ${android} ${webkit} Chrome/138.0.0.0 Mobile Safari/537.36`,
      'Chrome 138 on Android',
      'phone',
    ],
    [
      `${mozilla} ${android} ${webkit} SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36`,
      'Samsung Internet 28 on Android',
      'phone',
    ],
    [`${mozilla} ${iphone} Mobile/15E148`, 'A browser on iPhone', 'phone'],
    ['curl/8.5.0', 'curl 8.5.0', 'program'],
    ['python-requests/2.32.3', 'python-requests 2.32.3', 'program'],
    ['<script>alert(1)</script>', 'Unknown device', 'program'],
    ['', 'Unknown device', 'program'],
    [undefined, 'Unknown device', 'program'],
  ];
  for (const [userAgent, name, kind] of devices) {
    it(`is '${name}' for ${String(userAgent)}`, () => {
      expect(describeDevice(userAgent)).to.deep.equal({ name, kind });
    });
  }
});
