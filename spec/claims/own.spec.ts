import 'reflect-metadata';
import { expect } from 'chai';
import { Transform, Type } from 'class-transformer';
import {
  IsArray,
  IsInt,
  IsOptional,
  IsString,
  registerDecorator,
  ValidateNested,
  type ValidationOptions,
} from 'class-validator';
import { ConfigurationError, JwtManager, TokenInvalidError, type RejectedEvent } from '../../src';
import { ownClaims } from '../../src/claims/own';
import { instanceOfClaims } from '../../src/claims/class';
import { secret, testManager } from '../support/manager';
import { refusalOf } from '../support/rejected';

class Address {
  @IsString()
  city!: string;
}

class Profile {
  @IsOptional()
  @IsArray()
  teams?: unknown[];

  @IsOptional()
  @ValidateNested()
  @Type(() => Address)
  address?: Address;

  @IsOptional()
  settings?: object;

  @IsOptional()
  @Transform(({ value }) => Buffer.from(String(value), 'hex'))
  bytes?: Buffer;

  @IsOptional()
  @Type(() => Date)
  born?: Date;

  @IsOptional()
  @Type(() => Date)
  visits?: Map<string, Date>;

  @IsOptional()
  @Transform(({ value }: { value: string }) => value.trim())
  nick?: string;
}

/** A decorator whose check is a function. */
function Checked(check: () => unknown, options?: ValidationOptions): PropertyDecorator {
  return (target, propertyName) => {
    const validator = { validate: check as () => boolean };
    registerDecorator({
      name: 'checked',
      target: target.constructor,
      propertyName: String(propertyName),
      validator,
      ...(options && { options }),
    });
  };
}

class Throwing {
  @Checked(() => {
    throw new Error('broken decorator');
  })
  name?: string;
}

class Rejecting {
  @Checked(() => Promise.reject(new Error('broken decorator')))
  name?: string;
}

class Hanging {
  @Checked(() => new Promise(() => undefined))
  name?: string;
}

class Unmakeable {
  @IsInt()
  name: number;

  constructor() {
    this.name = 1;
    throw new Error('broken constructor');
  }
}

describe('own claims with a class', () => {
  const jwtManager = new JwtManager({ secret, claims: Profile });

  it('are frozen all the way down, whatever the decorators made of them', async () => {
    const issued = await jwtManager.createAccessToken('ada', {
      claims: Object.assign(new Profile(), {
        teams: [{ name: 'a' }, ['b']],
        address: { city: 'London' },
        settings: { theme: { dark: true } },
        nick: ' ada ',
      }),
    });
    const { claims } = await jwtManager.verify(issued);
    expect(claims).to.be.instanceOf(Profile);
    expect(claims.address).to.be.instanceOf(Address);
    expect(claims.nick).to.equal('ada');
    const [team, list] = claims.teams ?? [];
    const theme = (claims.settings as { theme: object }).theme;
    for (const part of [claims, claims.teams, team, list, claims.address, claims.settings, theme])
      expect(part).to.be.frozen;
  });

  it('may hold bytes and dates, which cannot be frozen and do not change all the same', async () => {
    const options = { strict: false, timeout: 1 };
    const born = '1815-12-10T00:00:00.000Z';
    const verdict = await instanceOfClaims(Profile, { bytes: '00ff', born, visits: { home: born } }, options);
    const { instance } = verdict as { instance: Profile };
    expect(instance).to.be.frozen;
    instance.bytes?.fill(1);
    instance.born?.setTime(0);
    instance.visits?.get('home')?.setTime(0);
    instance.visits?.clear();
    expect(instance.bytes).to.deep.equal(Buffer.from([0, 255]));
    expect(instance.born).to.deep.equal(new Date(born));
    expect(instance.visits).to.deep.equal(new Map([['home', new Date(born)]]));
  });

  for (const cache of [false, undefined] as const) {
    it(`leave nothing of one token in another, ${cache === false ? 'without' : 'with'} a cache`, async () => {
      const manager = new JwtManager({ secret, claims: Profile, ...(cache === false && { cache }) });
      const issue = () =>
        manager.createAccessToken('ada', { claims: Object.assign(new Profile(), { teams: ['a'] }) });
      const [one, two] = [await manager.verify(await issue()), await manager.verify(await issue())];
      expect(one.claims.teams).to.deep.equal(['a']);
      expect(one.claims.teams).not.to.equal(two.claims.teams);
      expect(one.claims.teams).to.be.frozen;
    });
  }

  const threw = 'one of its decorators, or its constructor, threw';
  const broken: [string, new () => object, string][] = [
    ['a decorator that throws', Throwing, threw],
    ['a decorator that rejects', Rejecting, threw],
    ['a decorator that never answers', Hanging, 'its decorators took longer than hookTimeout'],
    ['a constructor that throws', Unmakeable, threw],
  ];
  for (const [name, claims, says] of broken) {
    it(`are refused at verify and at issue because of ${name}`, async () => {
      const events: RejectedEvent[] = [];
      const manager = new JwtManager<object>({ secret, claims, hookTimeout: 1 });
      manager.on('rejected', (event) => events.push(event));
      const text = await testManager().createAccessToken('ada', { claims: { name: 'Ada' } });
      const [error, refusal] = await Promise.all([
        refusalOf(manager.verify(text), TokenInvalidError),
        refusalOf(manager.createAccessToken('ada', { claims: { name: 'Ada' } }), ConfigurationError),
      ]);
      expect(error.toJSON()).to.deep.equal({ msg: 'Token is invalid', code: 'ERR_JWT_INVALID' });
      expect(events).to.have.length(1);
      expect(events[0]).to.include({ reason: 'claims', code: error.code });
      expect(String(events[0]?.cause)).to.match(/broken|no result within 1000 ms/);
      expect(refusal.message).to.equal(`claims do not fit ${claims.name}: ${says}`);
    });
  }

  it('are refused at issue with the names of those that do not fit, and never with a value', async () => {
    const claims = { teams: 'no list', address: { city: 1 }, hidden: 'private' } as unknown as Profile;
    const { message } = await refusalOf(jwtManager.createAccessToken('ada', { claims }), ConfigurationError);
    expect(message).to.match(/^claims do not fit Profile: see its decorators for /);
    const names = message.split(' for ').at(-1)?.split(', ');
    expect(names).to.have.members(['hidden', 'teams', 'address.city']);
    for (const value of ['no list', 'private']) expect(message).not.to.include(value);
  });

  it('are refused, not a fault, when a decorator meets a value that it is not made for', async () => {
    const text = await testManager().createAccessToken('ada', { claims: { nick: 1 } });
    await refusalOf(jwtManager.verify(text), TokenInvalidError);
  });
});

describe('a claims class with a method called then', () => {
  const thens: [name: string, then: (resolve: (value: unknown) => void) => void][] = [
    ['never answers', () => undefined],
    [
      'answers something else',
      (resolve) => {
        resolve({ admin: true });
      },
    ],
    [
      'throws',
      () => {
        throw new Error('a mistake');
      },
    ],
  ];

  for (const [name, then] of thens) {
    it(`that ${name} is a class like any other`, async () => {
      class Thenable {
        @IsString()
        name!: string;

        then(resolve: (value: unknown) => void): void {
          then(resolve);
        }
      }
      const jwtManager = new JwtManager({ secret, claims: Thenable, hookTimeout: 1 });
      const claims = Object.assign(new Thenable(), { name: 'Ada' });
      const text = await jwtManager.createAccessToken('ada', { claims });
      const token = await jwtManager.verify(text);
      expect(token.claims).to.be.instanceOf(Thenable).and.be.frozen;
      expect(token.claims.name).to.equal('Ada');
      const bad = await testManager().createAccessToken('ada', { claims: { name: 1 } });
      await refusalOf(jwtManager.verify(bad), TokenInvalidError);
      const unfit = Object.assign(new Thenable(), { name: 1 }) as unknown as Thenable;
      const refusal = await refusalOf(
        jwtManager.createAccessToken('ada', { claims: unfit }),
        ConfigurationError,
      );
      expect(refusal.message).to.equal('claims do not fit Thenable: see its decorators for name');
    });
  }
});

describe('own claims without a class', () => {
  it('are frozen all the way down', () => {
    const claims = ownClaims({ sub: 'ada', a: { b: [{ c: 1 }] }, d: null, e: 'x' });
    expect(claims).to.deep.equal({ a: { b: [{ c: 1 }] }, d: null, e: 'x' });
    const { a } = claims as { a: { b: object[] } };
    for (const part of [claims, a, a.b, a.b[0]]) expect(part).to.be.frozen;
  });

  it('are a copy', () => {
    const all = { a: { b: 1 } };
    const claims = ownClaims(all);
    all.a.b = 2;
    expect(claims).to.deep.equal({ a: { b: 1 } });
    expect(all.a).not.to.be.frozen;
  });
});
