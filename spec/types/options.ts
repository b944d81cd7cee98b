import { createSecretKey } from 'node:crypto';
import { BearerHeader, createAuthorizationChecker, JwtManager } from 'routing-controllers-jwt';
import { KeySet, MemoryTokenStore } from 'routing-controllers-jwt';
import type {
  Clock,
  Duration,
  IssueOptions,
  JwtManagerOptions,
  TokenLocation,
} from 'routing-controllers-jwt';

declare const secret: string;
declare const pem: string | undefined;

export const durations: Duration[] = [900, '10s', '15m', '2h', '30d'];

export const managers: JwtManagerOptions[] = [
  { secret: process.env['JWT_SECRET_KEY'] },
  { secret: Buffer.alloc(32) },
  { secret: createSecretKey(Buffer.alloc(32)) },
  { keys: KeySet.fromPem(pem, { algorithm: 'ES256', kid: 'main' }) },
  { secret, issuer: 'me', audience: 'api', accessTokenTtl: '5m', refreshTokenTtl: 86_400 },
  {
    secret,
    audience: ['api', 'admin'],
    clockTolerance: 5,
    freshFor: '5m',
    hookTimeout: '1s',
    clock: Date.now,
  },
  { secret, store: false, sessionTtl: '90d', rotationGrace: 0, storeTimeout: '1s' },
  { secret, store: new MemoryTokenStore({ maxEntries: 1000 }), claimsFor: () => null },
  { secret, claimsFor: async (identity, session) => Promise.resolve({ roles: [identity, session.id] }) },
  { secret, issuer: undefined, audience: undefined, accessTokenTtl: undefined, clock: undefined },
];

export const issues: IssueOptions[] = [
  {},
  { roles: 'member', scopes: 'read write', fresh: true, expiresIn: '5m', audience: 'api' },
  { roles: ['member'] as const, scopes: ['read'], audience: ['api'], expiresIn: 300 },
  { session: { userAgent: 'Firefox', ip: undefined, label: 'laptop' } },
  { claims: undefined, roles: undefined, scopes: undefined, fresh: undefined, expiresIn: undefined },
];

const noon: Clock = () => Date.UTC(2026, 0, 1, 12);
const header: TokenLocation = { name: 'X-Token Header', read: ({ req }) => String(req.headers['x-token']) };
const jwtManager = new JwtManager({ secret, clock: noon });

export const checkers = [
  createAuthorizationChecker(jwtManager),
  createAuthorizationChecker({ default: jwtManager, other: jwtManager }, { realm: 'shop' }),
  createAuthorizationChecker(jwtManager, { locations: [new BearerHeader({ scheme: 'JWT' }), header] }),
  createAuthorizationChecker(jwtManager, { protectByDefault: true, errorMessageKey: 'message' }),
  createAuthorizationChecker(jwtManager, { formatError: ({ code, message }) => ({ error: code, message }) }),
  createAuthorizationChecker(jwtManager, { locations: undefined, realm: undefined, formatError: undefined }),
];

export async function refused(): Promise<void> {
  // @ts-expect-error TS2554: a manager without options
  console.log(new JwtManager());
  // @ts-expect-error TS2353: an option that a manager does not have
  console.log(new JwtManager({ secret, algorithm: 'HS256' }));
  // @ts-expect-error TS2561: a misspelt option of a manager
  console.log(new JwtManager({ secret, acessTokenTtl: '5m' }));
  // @ts-expect-error TS2322: a secret that is a number
  console.log(new JwtManager({ secret: 1 }));
  // @ts-expect-error TS2353: keys that are no KeySet
  console.log(new JwtManager({ keys: { keys: [] } }));
  // @ts-expect-error TS2322: an issuer that is a pattern
  console.log(new JwtManager({ secret, issuer: /me/ }));
  // @ts-expect-error TS2322: an audience that is a pattern
  console.log(new JwtManager({ secret, audience: [/api/] }));
  // @ts-expect-error TS2322: a duration that is a Date
  console.log(new JwtManager({ secret, accessTokenTtl: new Date() }));
  // @ts-expect-error TS2322: a duration that is a bigint
  console.log(new JwtManager({ secret, refreshTokenTtl: 900n }));
  // @ts-expect-error TS2322: a clock that tells a Date
  console.log(new JwtManager({ secret, clock: () => new Date() }));
  // @ts-expect-error TS2322: a store that stores nothing
  console.log(new JwtManager({ secret, store: {} }));
  // @ts-expect-error TS2322: a store that is just wanted
  console.log(new JwtManager({ secret, store: true }));
  // @ts-expect-error TS2322: new claims that are text
  console.log(new JwtManager({ secret, claimsFor: () => 'admin' }));
  // @ts-expect-error TS2353: claims that are an instance and no class
  console.log(new JwtManager({ secret, claims: { email: 'ada@example.test' } }));

  // @ts-expect-error TS2554: a token without an identity
  await jwtManager.createAccessToken();
  // @ts-expect-error TS2345: an identity that is a number
  await jwtManager.createAccessToken(1);
  // @ts-expect-error TS2561: an option that issuing does not have
  await jwtManager.createAccessToken('ada', { role: 'admin' });
  // @ts-expect-error TS2322: a role that is a number
  await jwtManager.createTokenPair('ada', { roles: [1] });
  // @ts-expect-error TS2322: a fresh that is text
  await jwtManager.createRefreshToken('ada', { fresh: 'yes' });
  // @ts-expect-error TS2322: a lifetime that is a boolean
  await jwtManager.createAccessToken('ada', { expiresIn: false });
  // @ts-expect-error TS2322: a type of token that there is not
  await jwtManager.verify('text', { type: 'id' });
  // @ts-expect-error TS2353: an option that verifying does not have
  await jwtManager.verify('text', { audience: 'api' });
  // @ts-expect-error TS2322: a label that is a number
  await jwtManager.createTokenPair('ada', { session: { label: 1 } });
  // @ts-expect-error TS2353: roles that a refresh would change
  await jwtManager.refresh('text', { roles: ['admin'] });
  // @ts-expect-error TS2353: an exception that there is not
  await jwtManager.revokeAll('ada', { exceptSessionId: 'id' });
  // @ts-expect-error TS2345: a session that may be missing
  await jwtManager.revokeSession(pem);
  // @ts-expect-error TS2345: a text that may be missing
  await jwtManager.verify(pem);
}

export function refusedElsewhere(): void {
  // @ts-expect-error TS2322: an algorithm that there is not
  KeySet.fromPem(pem, { algorithm: 'none' });
  // @ts-expect-error TS2322: the name of a key that is a number
  KeySet.fromPem(pem, { kid: 1 });
  // @ts-expect-error TS2820: a secret for an algorithm of key pairs
  KeySet.fromSecret(secret, { algorithm: 'RS256' });
  // @ts-expect-error TS2673: a KeySet that nothing made
  console.log(new KeySet([]));
  // @ts-expect-error TS2561: a misspelt option of a location
  console.log(new BearerHeader({ schema: 'JWT' }));
  // @ts-expect-error TS2322: a checker without a manager
  createAuthorizationChecker({ secret });
  // @ts-expect-error TS2561: a misspelt option of a checker
  createAuthorizationChecker(jwtManager, { location: [header] });
  // @ts-expect-error TS2741: a location without a name
  createAuthorizationChecker(jwtManager, { locations: [{ read: () => undefined }] });
  // @ts-expect-error TS2322: a body of an error that is text
  createAuthorizationChecker(jwtManager, { formatError: ({ message }) => message });
}
