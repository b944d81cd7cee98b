import type { Key } from '../../keys/key';
import { KeySet } from '../../keys/key-set';
import type { IssueOptions } from '../../manager/issue-options';
import type { JwtManager } from '../../manager/jwt-manager';
import { coreOf } from '../../manager/manager-base';
import { TokenIssuer } from '../../token/token-issuer';
import { unixSeconds } from '../../util/clock';
import { contentsFor } from './contents-for';

/**
 * An access token that differs from a real one in its signature alone: it names the manager's key and algorithm, and
 * another key has signed it. The request is rejected with 401 `ERR_JWT_INVALID`.
 *
 * @param identity the user, `'test'` by default
 * @param options roles, scopes, claims and everything else that `createAccessToken` takes
 * @throws `ConfigurationError` if identity or options are invalid
 * @example
 * ```ts
 * const Authorization = `Bearer ${await forgedToken(jwtManager, 'ada', { roles: ['admin'] })}`;
 * ```
 */
export async function forgedToken<C extends object = Record<string, unknown>>(
  jwtManager: JwtManager<C>,
  identity = 'test',
  options: IssueOptions<C> = {},
): Promise<string> {
  const { settings } = coreOf(jwtManager);
  const contents = await contentsFor(jwtManager, identity, options, 'forgedToken');
  const issuedAt = unixSeconds(settings.clock);
  const expiresAt = issuedAt + settings.accessTokenTtl;
  const keys = await strangerTo(settings.keys);
  return new TokenIssuer({ ...settings, keys }).issue(contents, { type: 'access', issuedAt, expiresAt }).text;
}

/** A set with one key, which goes by the name of the one that signs for the manager, or else of one that verifies. */
function strangerTo(keys: KeySet): Promise<KeySet> {
  const { kid, algorithm } = keys.find(keys.signingKid ?? keys.kids[0]) as Key;
  return KeySet.generate(algorithm, { kid });
}
