import type { Context } from 'koa';
import { BearerHeader, createAuthorizationChecker, JwtManager, TokenCookies } from 'routing-controllers-jwt';
import type {
  CookieTokens,
  Token,
  TokenCookiesOptions,
  TokenLocation,
  TokenPair,
} from 'routing-controllers-jwt';

declare const secret: string;
declare const context: Context;
declare const pair: TokenPair;
declare const token: Token;

export const options: TokenCookiesOptions[] = [
  {},
  { secure: false, sameSite: 'strict', domain: 'example.com', refreshPath: '/token/refresh' },
  { csrf: true, csrfHeader: 'X-XSRF-TOKEN', csrfMethods: ['POST'], csrfField: 'csrf_token' },
  { origins: ['https://app.example.com'] as const, name: 'shop', partitioned: true },
  { persistent: false, domain: undefined, csrfField: undefined, origins: undefined },
];

const tokenCookies = new TokenCookies({ sameSite: 'none' });
export const location: TokenLocation = tokenCookies;
export const alone: CookieTokens = { access_token: 'x' };

export const checker = createAuthorizationChecker(new JwtManager({ secret }), {
  locations: [new BearerHeader(), tokenCookies],
});

export async function use(jwtManager: JwtManager<{ tenant: string }>): Promise<string[]> {
  tokenCookies.set(context, pair);
  tokenCookies.check(context);
  tokenCookies.set(context, alone, { persistent: false });
  tokenCookies.set(context, await jwtManager.createTokenPair('ada', { claims: { tenant: 't1' } }));
  tokenCookies.clear(context);
  const typed = await jwtManager.verify('x');
  return [
    tokenCookies.csrfValue(pair.access_token),
    tokenCookies.csrfValue(token),
    tokenCookies.csrfValue(typed),
  ];
}

export function refused(jwtManager: JwtManager): void {
  // @ts-expect-error TS2345: a promise of a pair
  tokenCookies.set(context, jwtManager.createTokenPair('ada'));
  // @ts-expect-error TS2345: the text of a token
  tokenCookies.set(context, pair.access_token);
  // @ts-expect-error TS2345: a refresh token alone
  tokenCookies.set(context, { refresh_token: 'x' });
  // @ts-expect-error TS2554: no context
  tokenCookies.clear();
  // @ts-expect-error TS2345: a pair where one token belongs
  tokenCookies.csrfValue(pair);
  // @ts-expect-error TS2322: a lifetime where there is a switch
  tokenCookies.set(context, pair, { persistent: '30d' });
}

export const wrong: TokenCookiesOptions[] = [
  // @ts-expect-error TS2561: a misspelt option
  { samesite: 'lax' },
  // @ts-expect-error TS2820: another case
  { sameSite: 'Lax' },
  // @ts-expect-error TS2322: a word for a switch
  { secure: 'auto' },
  // @ts-expect-error TS2322: one origin without a list
  { origins: 'https://app.example.com' },
  // @ts-expect-error TS2322: one method without a list
  { csrfMethods: 'POST' },
  // @ts-expect-error TS2322: an expression for an origin
  { origins: [/example/] },
  // @ts-expect-error TS2322: a word for a switch
  { persistent: 'no' },
];
