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
import { ConfigurationError, JwtManager, TokenInvalidError, type RejectedEvent } from '../src';
import { instanceOfClaims, ownClaims } from '../src/claims';
import { secret, testManager } from './support/manager';
import { refusalOf } from './support/rejected';

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

  it('may hold bytes, which cannot be frozen', async () => {
    const options = { strict: false, timeout: 1 };
    const claims = await instanceOfClaims(Profile, { bytes: '00ff' }, options);
    expect(claims).to.be.frozen;
    expect(claims?.bytes).to.deep.equal(Buffer.from([0, 255]));
  });

  it('leave nothing of one token in another', async () => {
    const issued = await jwtManager.createAccessToken('ada', {
      claims: Object.assign(new Profile(), { teams: ['a'] }),
    });
    const [one, two] = [await jwtManager.verify(issued), await jwtManager.verify(issued)];
    expect(one.claims.teams).to.deep.equal(['a']);
    expect(one.claims.teams).not.to.equal(two.claims.teams);
  });

  const broken: [string, new () => object][] = [
    ['a decorator that throws', Throwing],
    ['a decorator that rejects', Rejecting],
    ['a decorator that never answers', Hanging],
    ['a constructor that throws', Unmakeable],
  ];
  for (const [name, claims] of broken) {
    it(`are refused at verify and at issue because of ${name}`, async () => {
      const events: RejectedEvent[] = [];
      const manager = new JwtManager<object>({ secret, claims, hookTimeout: 1 });
      manager.on('rejected', (event) => events.push(event));
      const text = await testManager().createAccessToken('ada', { claims: { name: 'Ada' } });
      const error = await refusalOf(manager.verify(text), TokenInvalidError);
      expect(error.toJSON()).to.deep.equal({ msg: 'Token is invalid', code: 'ERR_JWT_INVALID' });
      expect(events).to.have.length(1);
      expect(events[0]).to.include({ reason: 'claims', error });
      expect(String(events[0]?.cause)).to.match(/broken|no answer within 1000 ms/);
      const refusal = await refusalOf(
        manager.createAccessToken('ada', { claims: { name: 'Ada' } }),
        ConfigurationError,
      );
      expect(refusal.message).to.equal(
        `claims do not fit ${claims.name}: see its class-validator decorators`,
      );
    });
  }

  it('are refused, not a fault, when a decorator meets a value that it is not made for', async () => {
    const text = await testManager().createAccessToken('ada', { claims: { nick: 1 } });
    await refusalOf(jwtManager.verify(text), TokenInvalidError);
  });
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
