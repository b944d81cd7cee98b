import { HttpError } from 'routing-controllers';
import { JwtError, JwtManager, Token, TokenExpiredError } from 'routing-controllers-jwt';
import type {
  Challenge,
  IssuedEvent,
  JwtErrorCode,
  RejectedEvent,
  Session,
  TokenPair,
  TokenType,
} from 'routing-controllers-jwt';

declare const jwtManager: JwtManager;

/** A token of a route goes back to the manager as it is. */
export async function logout(token: Token): Promise<Session[]> {
  const pair: TokenPair = await jwtManager.refresh(token, { session: { ip: '127.0.0.1' } });
  await jwtManager.refresh(pair.refresh_token);
  await jwtManager.revoke(token);
  const isNews: boolean = await jwtManager.revokeSession(token.sessionId ?? '');
  await jwtManager.revokeAll(token.identity, { except: token.sessionId });
  console.log(isNews);
  return jwtManager.listSessions(token.identity);
}

/** The body of a token response, by the names of RFC 6749. */
export async function pair(): Promise<object> {
  const issued: TokenPair = await jwtManager.createTokenPair('ada');
  const bearer: 'Bearer' = issued.token_type;
  const [access, refresh]: string[] = [issued.access_token, issued.refresh_token];
  const seconds: number = issued.expires_in;
  const scope: string | undefined = issued.scope;
  const exactly: Required<Record<keyof TokenPair, unknown>> = {
    access_token: access,
    token_type: bearer,
    expires_in: seconds,
    refresh_token: refresh,
    scope,
  };

  // @ts-expect-error TS2551: a pair by other names
  console.log(issued.accessToken);
  // @ts-expect-error TS2540: a pair that is changed
  issued.access_token = 'other';
  // @ts-expect-error TS2322: a scope that is surely there
  const certain: string = issued.scope;
  console.log(certain);
  return exactly;
}

export function look(token: Token): void {
  const texts: string[] = [token.identity, token.id, token.raw];
  const lists: (readonly string[])[] = [token.roles, token.scopes];
  const type: TokenType = token.type;
  const sessionId: string | undefined = token.sessionId;
  const times: Date[] = [token.issuedAt, token.expiresAt, token.authenticatedAt ?? token.issuedAt];
  const fresh: boolean[] = [token.isFresh(), token.isFresh('5m'), token.isFresh(300)];
  console.log(texts, lists, type, sessionId, times, fresh);

  // @ts-expect-error TS2540: another identity in a token
  token.identity = 'eve';
  // @ts-expect-error TS2542: another role in a token
  token.roles[0] = 'admin';
  // @ts-expect-error TS2540: another text in a token
  token.raw = 'text';
  // @ts-expect-error TS2339: a claim beside the claims
  console.log(token.email);
  // @ts-expect-error TS2322: a session that is surely there
  const certain: string = token.sessionId;
  console.log(certain);
  // @ts-expect-error TS2345: an age that is a Date
  token.isFresh(new Date());
}

/** Nothing but a verified token is one, however much it looks like it. */
export function imitate(token: Token): Token {
  // @ts-expect-error TS2673: a token that nobody verified
  console.log(new Token());
  const { identity, id, type, claims, roles, scopes, sessionId, raw } = token;
  // @ts-expect-error TS2740: an object with the members of a token
  return { identity, id, type, claims, roles, scopes, sessionId, raw };
}

export function listen(): JwtManager {
  // @ts-expect-error TS2345: an event that there is not
  jwtManager.on('refused', () => undefined);
  // @ts-expect-error TS2551: what an event does not tell
  jwtManager.on('rejected', (event) => event.token);
  return jwtManager
    .on('issued', (event: IssuedEvent) => [event.type, event.identity, event.tokenId, event.expiresAt])
    .on('rejected', ({ code, reason, cause, error }: RejectedEvent) => [code, reason, cause, error.status])
    .on('rejected', async () => Promise.resolve());
}

export function handle(error: unknown): JwtErrorCode | undefined {
  if (error instanceof TokenExpiredError) return error.code;
  if (!(error instanceof JwtError)) return undefined;
  const host: HttpError = error;
  const challenge: Challenge | undefined = error.challenge;
  const headers: Record<string, string> = error.headers;
  console.log(host.httpCode, challenge?.error, headers['WWW-Authenticate'], error.status, error.toJSON());
  // @ts-expect-error TS2367: a code that there is not
  if (error.code === 'ERR_JWT_WRONG') return undefined;
  // @ts-expect-error TS2540: another code in an error
  error.code = 'ERR_JWT_TYPE';
  return error.code;
}
