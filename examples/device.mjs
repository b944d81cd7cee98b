/** In this order, as Edge also claims to be Chrome, and Chrome claims to be Safari. */
const browsers = [
  ['Edge', /\bEdg(?:e|A|iOS)?\/(\d+)/],
  ['Opera', /\bOPR\/(\d+)/],
  ['Samsung Internet', /\bSamsungBrowser\/(\d+)/],
  ['Firefox', /\b(?:Firefox|FxiOS)\/(\d+)/],
  ['Chrome', /(?:\bCriOS|Chrome)\/(\d+)/],
  ['Safari', /\bVersion\/(\d+).*\bSafari\//],
];

const systems = [
  ['Android', /\bAndroid\b/],
  ['iPhone', /\biPhone\b/],
  ['iPad', /\biPad\b/],
  ['ChromeOS', /\bCrOS\b/],
  ['Windows', /\bWindows\b/],
  ['macOS', /\bMacintosh\b/],
  ['Linux', /\bLinux\b/],
];

/**
 * What a `User-Agent` header tells about a device. Anyone can send any text, so this is a hint for people and never a
 * proof.
 *
 * @returns {{ name: string, kind: 'phone' | 'computer' | 'program' }}
 */
export function describeDevice(userAgent = '') {
  const browser = find(browsers, userAgent);
  const [system] = find(systems, userAgent) ?? [];
  if (!browser && !system) return { name: nameOfProgram(userAgent), kind: 'program' };
  const name = [browser?.join(' ') ?? 'A browser', system].filter(Boolean).join(' on ');
  return { name, kind: /\b(?:Android|iPhone|iPad)\b/.test(userAgent) ? 'phone' : 'computer' };
}

/** The name of the first pattern that matches, and what it found. */
function find(patterns, text) {
  for (const [name, pattern] of patterns) {
    const match = pattern.exec(text);
    if (match) return [name, ...match.slice(1)];
  }
  return undefined;
}

/** `curl/8.5.0` is curl 8.5.0. */
function nameOfProgram(userAgent) {
  const [, name, version] = /^([\w.-]{1,30})\/(\d[\d.]{0,14})/.exec(userAgent) ?? [];
  return name === undefined ? 'Unknown device' : `${name} ${version}`;
}
