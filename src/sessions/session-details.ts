import { ConfigurationError } from '../errors/errors';
import { readOptions } from '../util/options';

/** What a list of devices shows of a login. */
export interface SessionDetails {
  /** The `User-Agent` header; cut to 512 characters. */
  readonly userAgent?: string | undefined;
  /** Cut to 64 characters. */
  readonly ip?: string | undefined;
  /** What the user or the application calls the login; stays as it was at login. Cut to 255 characters. */
  readonly label?: string | undefined;
}

const longest = { userAgent: 512, ip: 64, label: 255 } as const;
const names = Object.keys(longest) as (keyof typeof longest)[];

/**
 * @internal Text that a client may have sent, as every store takes it: short, and without what databases refuse.
 *
 * @param owner the method whose option it is, for errors
 * @param others options next to the details
 * @throws {@link ConfigurationError} when an entry is no string
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
  // Half of a surrogate pair is no character; cutting can leave one.
  return text
    .replace(/\p{Cc}/gu, ' ')
    .slice(0, longest[name])
    .replace(/\p{Cs}/gu, '');
}
