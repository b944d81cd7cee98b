import type { JwtError } from '../errors/errors';
import type { KeySet } from '../keys/key-set';
import type { Clock } from '../util/clock';
import type { TokenType } from '../token/token';

/** What a token must be. */
export interface Expectations {
  readonly keys: KeySet;
  readonly type: 'access' | 'refresh' | 'any';
  readonly issuer: string | undefined;
  readonly audience: readonly string[];
  readonly clock: Clock;
}

/** Whether a token is accepted, and otherwise why not. */
export type Verdict =
  | { readonly valid: true; readonly type: TokenType }
  | {
      readonly valid: false;
      readonly message: string;
      readonly code: string;
      readonly reason: string;
      readonly hint: string;
    };

/** What to look at, by the reason of a rejection. */
const hints: Readonly<Record<string, string>> = {
  alg: 'The key is for another algorithm.',
  aud: 'The audience is not the expected one: see --audience.',
  format: 'It does not have the form of a token: inspect shows what is wrong.',
  iss: 'The issuer is not the expected one: see --issuer.',
  kid: 'There is no key of this name, or the token names none and there are several keys.',
  signature: 'No key of yours created the signature, or the token was changed.',
  typ: 'The type of the token is not the expected one: see --type. Tickets are accepted by redeemTicket alone.',
};

/** Verifies a token with the verifier of the library, without a store. */
export async function verdictOf(
  text: string,
  { keys, type, issuer, audience, clock }: Expectations,
): Promise<Verdict> {
  // The manager loads class-validator, which no other command needs.
  const { JwtManager } = await import('../manager/jwt-manager.js');
  const manager = new JwtManager({
    keys,
    issuer,
    ...(audience.length > 0 && { audience }),
    // The lifetimes of the application are not known here.
    refreshTokenTtl: '3650d',
    store: false,
    clock,
  });
  let reason = '';
  manager.on('rejected', (event) => (reason = event.reason));
  try {
    const token = await manager.verify(text, { type });
    return { valid: true, type: token.type };
  } catch (error) {
    const { message, code } = error as JwtError;
    return { valid: false, message, code, reason, hint: hints[reason] ?? '' };
  }
}
