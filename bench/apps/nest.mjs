// The guard of NestJS' page on authentication, on Express and on Fastify.
import 'reflect-metadata';
import { Controller, Get, Inject, Module, Req, UnauthorizedException, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { JwtModule, JwtService } from '@nestjs/jwt';
import { secret, users } from './tokens.mjs';

class AuthGuard {
  constructor(jwtService) {
    this.jwtService = jwtService;
  }

  async canActivate(context) {
    const request = context.switchToHttp().getRequest();
    const [type, token] = request.headers.authorization?.split(' ') ?? [];
    if (type !== 'Bearer' || !token) throw new UnauthorizedException();
    try {
      request.user = await this.jwtService.verifyAsync(token, { secret });
    } catch {
      throw new UnauthorizedException();
    }
    return true;
  }
}
Inject(JwtService)(AuthGuard, undefined, 0);

class Greetings {
  open() {
    return { identity: 'ada' };
  }

  protected(request) {
    return { identity: request.user.sub };
  }
}
decorate('open', Get('/open'));
decorate('protected', UseGuards(AuthGuard), Get('/protected'));
Req()(Greetings.prototype, 'protected', 0);
Controller()(Greetings);

class App {}
Module({
  imports: [JwtModule.register({ secret, signOptions: { expiresIn: '15m' } })],
  controllers: [Greetings],
})(App);

/** @param variant `express` or `fastify` */
export async function start(variant) {
  const app = await NestFactory.create(App, await adapterOf(variant), { logger: false });
  await app.listen(0, '127.0.0.1');
  const jwtService = app.get(JwtService);
  const tokens = await Promise.all(users.map((sub) => jwtService.signAsync({ sub })));
  const server = app.getHttpServer();
  return { server, open: '/open', routes: [{ name: 'HS256', path: '/protected', tokens }] };
}

async function adapterOf(variant) {
  if (variant === 'fastify') return new (await import('@nestjs/platform-fastify')).FastifyAdapter();
  return new (await import('@nestjs/platform-express')).ExpressAdapter();
}

/** What a compiler makes of a decorated method. */
function decorate(name, ...decorators) {
  const descriptor = Object.getOwnPropertyDescriptor(Greetings.prototype, name);
  for (const apply of decorators) apply(Greetings.prototype, name, descriptor);
}
