import type { JwtError } from '../../errors/errors';
import type { JwtManager } from '../../manager/jwt-manager';
import { coreOf } from '../../manager/manager-base';
import type { Token } from '../../token/token';

/** The response about a token that is of no use, whatever the reason (RFC 7662, section 2.2). */
const inactive = { active: false };

/**
 * Describes a token (RFC 7662, section 2.2; RFC 9470, section 6.2). A refresh token is described to its own client only.
 *
 * @throws StoreUnavailableError and other errors of the server
 */
export async function introspect(manager: JwtManager<object>, text: string, client: string): Promise<object> {
  const token = await verified(manager, text);
  if (!token || (token.type === 'refresh' && isOfAnother(token, client))) return inactive;
  const { iss, sub, aud, jti, iat, nbf, exp, scope, client_id, roles, amr, acr, act, auth_time } =
    token.verifiedClaims();
  return {
    active: true,
    ...(token.type === 'access' && { token_type: 'Bearer' }),
    ...{ iss, sub, aud, jti, iat, nbf, exp, scope, client_id, roles, amr, acr, act, auth_time },
  };
}

/**
 * Revokes a token (RFC 7009, section 2.1), unless it was issued to another client. A token that is of no use is none to
 * revoke: nobody learns whether it ever was one.
 *
 * @throws StoreUnavailableError and other errors of the server
 */
export async function revoke(manager: JwtManager<object>, text: string, client: string): Promise<object> {
  const token = await verified(manager, text);
  if (token && !isOfAnother(token, client)) await manager.revoke(token);
  return {};
}

/** A token that names no client is everyone's. */
function isOfAnother(token: Token<object>, client: string): boolean {
  const { client_id: own = client } = token.verifiedClaims();
  return own !== client;
}

async function verified(manager: JwtManager<object>, text: string): Promise<Token<object> | undefined> {
  try {
    const token = await manager.verify(text, { type: 'any' });
    // A token of another issuer that is trusted here is for that issuer to describe and to revoke.
    return token.issuer === coreOf(manager).settings.issuer ? token : undefined;
  } catch (error) {
    if ((error as JwtError).status < 500) return undefined;
    throw error;
  }
}
