import { ConfigurationError } from '../../errors/errors';
import { isHttpToken } from '../http-token';
import { nameList } from '../../util/name-list';
import { withHeadAsGet, type CsrfSettings } from './csrf';

/** Those options of TokenCookies that are about CSRF, as they were given. */
interface CsrfOptions {
  readonly csrfHeader?: string | undefined;
  readonly csrfMethods?: readonly string[] | undefined;
  readonly csrfField?: string | undefined;
  readonly origins?: readonly string[] | undefined;
}

/** @throws {@link ConfigurationError} when an option is wrong */
export function resolveCsrf(options: CsrfOptions): CsrfSettings {
  const { csrfHeader = 'X-CSRF-Token', csrfMethods, csrfField, origins } = options;
  demand(
    isHttpToken(csrfHeader) && csrfHeader.toLowerCase() !== 'cookie',
    "csrfHeader must be a header's name, and not Cookie, which browsers send by themselves",
  );
  demand(
    csrfField === undefined || (typeof csrfField === 'string' && csrfField !== ''),
    'csrfField must be the name of a field in the body',
  );
  return {
    header: csrfHeader,
    field: csrfField,
    methods: new Set(csrfMethods === undefined ? [] : methodList(csrfMethods).map(withHeadAsGet)),
    origins: new Set(origins === undefined ? [] : originList(origins)),
  };
}

function methodList(methods: unknown): readonly string[] {
  const list = nameList(methods, 'TokenCookies: csrfMethods', isNameList);
  const isRight = list.every((method) => /^[A-Z]+(-[A-Z]+)*$/.test(method));
  demand(isRight, "csrfMethods must be in capitals, such as 'POST'");
  return list;
}

function originList(origins: unknown): readonly string[] {
  const list = nameList(origins, 'TokenCookies: origins', isNameList);
  demand(
    list.every(isOrigin),
    "origins must be as browsers write them, such as 'https://app.example.com' or 'capacitor://localhost': " +
      'no path, no slash at the end, no default port, no wildcard',
  );
  return list;
}

/** A scheme and a host, as `Origin` has them (RFC 6454, section 6.1). */
const originShape = /^([a-z][a-z0-9+.-]*):\/\/([A-Za-z0-9._-]+|\[[0-9a-f:]+\])(:\d{1,5})?$/;

/** Only of the web's own schemes browsers rewrite the host; of others they send what there is. */
function isOrigin(text: string): boolean {
  if (!originShape.test(text)) return false;
  if (!/^(https?|wss?|ftp):/.test(text)) return true;
  return URL.canParse(text) && new URL(text).origin === text;
}

function isNameList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string' && name !== '');
}

function demand(isRight: boolean, problem: string): void {
  if (!isRight) throw new ConfigurationError(`TokenCookies: ${problem}`);
}
