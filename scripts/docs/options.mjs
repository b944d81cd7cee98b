// The sections of docs/guides/options.md: every options object of the package.
import { code, commentOf, exportsOf, membersOf, tableOf } from './source.mjs';

/** Where each options object is passed, in the order of the page. One that is missing here comes last, by its own name. */
const usage = {
  JwtManagerOptions: 'new JwtManager(options)',
  TrustedIssuer: 'trustedIssuers` of `JwtManagerOptions',
  ClaimsTo: 'claimsTo` of `TrustedIssuer',
  KeyOptions: 'KeySet.fromPem(pem, options)` and `KeySet.fromEnv(name, options)',
  KeyFileOptions: 'KeySet.fromFile(path, options)',
  RetireOptions: 'keys.retire(kid, options)',
  IssueOptions:
    'jwtManager.createTokenPair(identity, options)` and the other calls that issue tokens; also the result of `claimsFor',
  LoginDetails: 'session` of `IssueOptions',
  TicketOptions: 'jwtManager.createTicket(identity, options)',
  RedeemOptions: 'jwtManager.redeemTicket(text, options)',
  VerifyExpectations: 'jwtManager.verify(token, options)',
  RefreshOptions: 'jwtManager.refresh(token, options)',
  SessionDetails: 'session` of `RefreshOptions',
  RevokeSessionOptions: 'jwtManager.revokeSession(sessionId, options)',
  RevokeAllOptions: 'jwtManager.revokeAll(identity, options)',
  ListSessionsOptions: 'jwtManager.listSessions(identity, options)',
  JwtRequirement:
    '@JwtRequired(requirement)` and the other decorators. `@JwtRefreshRequired` sets `type`, `@JwtOptional` sets `optional',
  AuthorizationCheckerOptions: 'createAuthorizationChecker(jwtManager, options)',
  TokenControllerOptions: 'createTokenController(jwtManager, options)',
  ThrottleOptions: 'throttle` of `TokenControllerOptions',
  AttemptLimit: 'account` and `address` of `ThrottleOptions',
  OAuthControllerOptions: 'createOAuthController(jwtManager, options)',
  UpgradeRequirement: 'authenticateUpgrade(checker, request, requirement)',
  JwksControllerOptions: 'createJwksController(jwtManager, options)',
  BearerHeaderOptions: 'new BearerHeader(options)',
  TokenCookiesOptions: 'new TokenCookies(options)',
  SetCookiesOptions: 'tokenCookies.set(context, pair, options)',
  MemoryTokenStoreOptions: 'new MemoryTokenStore(options)',
  RedisTokenStoreOptions: 'new RedisTokenStore(client, options)',
  TypeOrmTokenStoreOptions: 'new TypeOrmTokenStore(dataSource, options)',
  TokenStoreSuiteOptions: 'tokenStoreSuite(runner, createStore, options)',
  LoginOptions:
    'bearerFor(jwtManager, identity, options)` and `cookiesFor(jwtManager, tokenCookies, identity, options)',
  TestIssuerOptions: 'createIssuer(options)',
  TestTokenOptions: 'issuer.token(identity, options)',
};

/** Arguments that the library passes to a store, not users to the library. */
const ofStores = ['RevokeSubjectOptions'];

export function options() {
  const order = Object.keys(usage);
  const place = ({ name }) => (order.includes(name) ? order.indexOf(name) : order.length);
  return exportsOf()
    .filter(({ name }) => /Options$/.test(name) || order.includes(name))
    .filter(({ name }) => !ofStores.includes(name))
    .sort((one, other) => place(one) - place(other) || (one.name < other.name ? -1 : 1))
    .map(sectionOf)
    .join('\n\n');
}

function sectionOf(found) {
  const rows = membersOf(found).map((member) => [
    code(member.name),
    code(member.type),
    defaultOf(member),
    commentOf(member),
  ]);
  const where = usage[found.name] ? `\n\nFor \`${usage[found.name]}\`.` : '';
  return `## ${found.name}${where}\n\n${tableOf(['Option', 'Type', 'Default', 'Description'], rows)}`;
}

/** A value as code; words as they are. */
function defaultOf({ isOptional, default: value }) {
  if (value === undefined) return isOptional ? 'none' : 'required';
  return /^(['"[\d]|new |true$|false$|Date\.now$|\w+\.\w+$)[^,;]*$/.test(value)
    ? code(value)
    : value.replaceAll('|', '\\|');
}
