import { IsNotEmpty, IsOptional, IsString, MaxLength } from 'class-validator';
import { createTokenController, type Login } from 'routing-controllers-jwt';
import { jwtManager, tokenCookies } from './jwt';

class LoginDto {
  @IsString({ message: 'Missing username parameter' })
  @IsNotEmpty({ message: 'Missing username parameter' })
  username!: string;

  @IsString({ message: 'Missing password parameter' })
  @IsNotEmpty({ message: 'Missing password parameter' })
  password!: string;

  /** The user's own name for this device. */
  @IsOptional()
  @IsString()
  @MaxLength(60)
  device?: string;
}

const credentials = LoginDto;

/** Look up the user in your own database here, with a slow password hash. */
function authenticate({ username, password, device }: LoginDto): Login {
  if (username !== 'test' || password !== 'test') return null;
  return { identity: username, session: { label: device } };
}

/** For programs and apps on phones, which keep the tokens themselves. */
export const AppLoginController = createTokenController(jwtManager, { credentials, authenticate });

/** For the page, whose tokens are in cookies that no script can read. */
export const WebLoginController = createTokenController(jwtManager, {
  prefix: '/web/auth',
  cookies: tokenCookies,
  credentials,
  authenticate,
});
