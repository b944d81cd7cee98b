import { ConfigurationError } from '../errors/errors';
import { readOptions } from '../util/options';

/**
 * Details of a login, for a list of devices.
 *
 * @example
 * ```ts
 * const session: SessionDetails = { userAgent: ctx.get('User-Agent'), ip: ctx.ip, label: 'my laptop' };
 * ```
 */
export interface SessionDetails {
  /** The `User-Agent` header, cut to 512 characters. */
  readonly userAgent?: string | undefined;
  /** The address of the client, cut to 64 characters. */
  readonly ip?: string | undefined;
  /** A name for the login, from the user or the application, cut to 255 characters. A refresh does not change it. */
  readonly label?: string | undefined;
}

const longest = { userAgent: 512, ip: 64, label: 255 } as const;
const names = Object.keys(longest) as (keyof typeof longest)[];

/**
 * @internal Text that a client may have sent, in a form that every store accepts: short, and without characters that
 * databases reject.
 *
 * @param owner the method whose option it is, for errors
 * @param others options next to the details
 * @throws {@link ConfigurationError} if an entry is not a string
 */
export function sessionDetails(
  given: SessionDetails = {},
  owner: string,
  others: readonly string[] = [],
): SessionDetails {
  const details = readOptions(`${owner}: session`, given, [...names, ...others]);
  return Object.fromEntries(
    names
      .filter((name) => details[name] !== undefined)
      .map((name) => [name, cleaned(name, details[name], owner)]),
  );
}

function cleaned(name: keyof typeof longest, text: unknown, owner: string): string {
  if (typeof text !== 'string') throw new ConfigurationError(`${owner}: session.${name} must be a string`);
  // Cutting can leave half of a surrogate pair, which is not a character.
  return text
    .replace(/\p{Cc}/gu, ' ')
    .slice(0, longest[name])
    .replace(/\p{Cs}/gu, '');
}
