import { IsEmail } from 'class-validator';
import {
  InjectToken,
  JwtManager,
  JwtOptional,
  JwtRefreshRequired,
  JwtRequired,
} from 'routing-controllers-jwt';
import { createAuthorizationChecker, Token } from 'routing-controllers-jwt';
import type { IssueOptions, JwtRequirement } from 'routing-controllers-jwt';

class UserClaims {
  @IsEmail()
  email!: string;

  plan?: 'free' | 'paid';
}

const secret = process.env['SECRET'];
const jwtManager = new JwtManager({ secret, claims: UserClaims });

export async function issue(): Promise<void> {
  const claims: UserClaims = { email: 'ada@example.test' };
  await jwtManager.createAccessToken('ada', { claims });
  await jwtManager.createRefreshToken('ada', { claims: { email: 'ada@example.test', plan: 'paid' } });
  await jwtManager.createTokenPair('ada', { claims, roles: 'member' });

  // @ts-expect-error TS2561: a misspelt claim at issue
  await jwtManager.createAccessToken('ada', { claims: { emial: 'ada@example.test' } });
  // @ts-expect-error TS2353: a claim that the class does not have
  await jwtManager.createRefreshToken('ada', { claims: { email: 'ada@example.test', tenant: 'a' } });
  // @ts-expect-error TS2322: a claim of a wrong type
  await jwtManager.createTokenPair('ada', { claims: { email: 1 } });
  // @ts-expect-error TS2741: a claim that is missing
  await jwtManager.createAccessToken('ada', { claims: { plan: 'free' } });
  // @ts-expect-error TS2322: a claim with a value that the class does not know
  await jwtManager.createAccessToken('ada', { claims: { email: 'ada@example.test', plan: 'gold' } });
}

export async function verify(): Promise<void> {
  const token = await jwtManager.verify('text');
  const typed: Token<UserClaims> = token;
  const email: string = typed.claims.email;
  const plan: 'free' | 'paid' | undefined = token.claims.plan;
  console.log(email, plan);

  // @ts-expect-error TS2551: a misspelt claim of a verified token
  console.log(token.claims.emial);
  // @ts-expect-error TS2322: a claim of a verified token taken for another type
  const wrong: number = token.claims.email;
  console.log(wrong);
  // @ts-expect-error TS2540: a claim of a verified token that is replaced
  token.claims = { email: 'eve@example.test' };
}

/** Without a class claims are unknown until somebody looks. */
export async function untyped(): Promise<void> {
  const plain = new JwtManager({ secret });
  await plain.createAccessToken('ada', { claims: { anything: [1, { deep: true }] } });
  const token: Token = await plain.verify('text');
  const claim: unknown = token.claims['anything'];
  console.log(claim);

  // @ts-expect-error TS2322: a claim without a class taken for a string
  const email: string = token.claims['email'];
  console.log(email);
  // @ts-expect-error TS2322: claims that are no object
  await plain.createAccessToken('ada', { claims: 'email' });
}

/** A manager of one's own claims goes wherever a manager does. */
export const checkers = [
  createAuthorizationChecker(jwtManager),
  createAuthorizationChecker({ default: jwtManager, plain: new JwtManager({ secret }) }),
];

export const options: IssueOptions<UserClaims> = { claims: { email: 'ada@example.test' } };

const isPaid: JwtRequirement<UserClaims> = { check: ({ claims }) => claims.plan === 'paid' };

export class Things {
  @JwtRequired({ check: (token: Token<UserClaims>) => token.claims.email.endsWith('.test') })
  byParameter(@InjectToken() token: Token<UserClaims>): string {
    return token.claims.email;
  }

  @JwtRequired<UserClaims>({ check: (token) => token.claims.email !== '' })
  byArgument(): void {}

  @JwtRequired(isPaid)
  byRequirement(): void {}

  @JwtOptional({ check: async (token: Token<UserClaims>) => Promise.resolve(token.claims.plan === 'free') })
  optional(@InjectToken() token?: Token<UserClaims>): string | undefined {
    return token?.claims.email;
  }

  @JwtRefreshRequired({ check: (token: Token<UserClaims>) => token.claims.plan === 'free' })
  refresh(): void {}

  @JwtRequired({ check: (token, { context }) => token.claims['tenant'] === (context as unknown) })
  plain(): void {}

  // @ts-expect-error TS2551: a misspelt claim in a check
  @JwtRequired({ check: (token: Token<UserClaims>) => token.claims.emial === '' })
  misspelt(): void {}

  // @ts-expect-error TS2551: a misspelt claim in a check of an optional token
  @JwtOptional<UserClaims>({ check: (token) => token.claims.emial === '' })
  misspeltOptional(): void {}

  // @ts-expect-error TS2367: a claim compared to what it never is
  @JwtRequired({ check: (token: Token<UserClaims>) => token.claims.plan === 'gold' })
  never(): void {}

  // @ts-expect-error TS2322: a check that answers no boolean
  @JwtRequired({ check: (token: Token<UserClaims>) => token.claims.email })
  noBoolean(): void {}
}
