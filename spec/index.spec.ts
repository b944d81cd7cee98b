import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import * as library from '../src';

describe('the library', () => {
  it('offers these names and no other', () => {
    expect(Object.keys(library).sort()).to.deep.equal([
      'BadCredentialsError',
      'BearerHeader',
      'BodyField',
      'ConfigurationError',
      'CsrfError',
      'FreshTokenRequiredError',
      'HookFailedError',
      'InjectToken',
      'InvalidRequestError',
      'IssuerUnavailableError',
      'JwtError',
      'JwtManager',
      'JwtOptional',
      'JwtPublic',
      'JwtRefreshRequired',
      'JwtRequired',
      'KeySet',
      'MemoryTokenStore',
      'PermissionDeniedError',
      'QueryParameter',
      'RefreshReusedError',
      'StoreUnavailableError',
      'Token',
      'TokenCookies',
      'TokenExpiredError',
      'TokenInvalidError',
      'TokenMissingError',
      'TokenRevokedError',
      'TooManyAttemptsError',
      'WebSocketProtocol',
      'WrongTokenTypeError',
      'authenticateUpgrade',
      'createAuthorizationChecker',
      'createJwksController',
      'createJwtMiddleware',
      'createOAuthController',
      'createTokenController',
      'describeRoutes',
      'formatRoutes',
      'resolveRotation',
      'shardOf',
      'subjectHash',
      'tokenOf',
    ]);
    expect(Object.values(library)).not.to.include(undefined);
  });

  it('consists of files that can be loaded without doing anything', async () => {
    const paths = readdirSync('src', { recursive: true, encoding: 'utf8' });
    const files = paths.filter((path) => path.endsWith('.ts') && path !== join('cli', 'main.ts'));
    expect(files).to.include(join('token', 'codec.ts'));
    // Those that hold nothing but types, too: coverage would count them as never run.
    for (const path of files) await import(join('../src', path.replace(/\.ts$/, '.js')));
  });
});
