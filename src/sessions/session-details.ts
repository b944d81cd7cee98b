import { ConfigurationError } from '../errors';
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

/**
 * @internal Text that a client may have sent, as every store takes it: short, and without what databases refuse.
 *
 * @throws {@link ConfigurationError} when an entry is no string
 */
export function sessionDetails(details: SessionDetails = {}): SessionDetails {
  const own = readOptions('session', details, Object.keys(longest));
  const entries = Object.entries(own) as [keyof typeof longest, unknown][];
  return Object.fromEntries(
    entries.filter(([, text]) => text !== undefined).map(([name, text]) => [name, cleaned(name, text)]),
  );
}

function cleaned(name: keyof typeof longest, text: unknown): string {
  if (typeof text !== 'string') throw new ConfigurationError(`session.${name} must be a string`);
  // Half of a surrogate pair is no character; cutting can leave one.
  return text
    .replace(/\p{Cc}/gu, ' ')
    .slice(0, longest[name])
    .replace(/\p{Cs}/gu, '');
}
