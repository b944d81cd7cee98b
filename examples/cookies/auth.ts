import { IsNotEmpty, IsString, MaxLength } from 'class-validator';
import { createTokenController } from 'routing-controllers-jwt';
import { jwtManager, tokenCookies } from './jwt';
import { userWith } from './users';

class LoginDto {
  @IsString({ message: 'Enter your user name.' })
  @IsNotEmpty({ message: 'Enter your user name.' })
  username!: string;

  @MaxLength(200, { message: 'This password is too long.' })
  @IsString({ message: 'Enter your password.' })
  @IsNotEmpty({ message: 'Enter your password.' })
  password!: string;
}

/** Log in, log out, and the devices of a user. */
export const AuthController = createTokenController(jwtManager, {
  credentials: LoginDto,
  cookies: tokenCookies,
  authenticate: async ({ username, password }) => (await userWith(username, password))?.username,
});
