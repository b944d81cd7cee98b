import 'reflect-metadata';
import { inspect } from 'node:util';
import { expect } from 'chai';
import { IsOptional, IsString } from 'class-validator';
import { ConfigurationError } from '../../src';
import { refusalOf } from '../support/rejected';
import { expectInvalid, expectTaken, targetFor } from '../support/target';

class Profile {
  @IsOptional()
  @IsString()
  name?: string;

  isAdmin(): boolean {
    return false;
  }
}

const plain = targetFor('HS256');
const typed = targetFor('HS256', { claims: Profile as never });

const prototypes: [string, object][] = [
  ['Object', Object.prototype],
  ['Array', Array.prototype],
  ['Function', Function.prototype],
  ['the claims class', Profile.prototype],
];
const members = prototypes.map(([, prototype]) => Object.getOwnPropertyNames(prototype).sort());

function expectCleanPrototypes(): void {
  expect(({} as Record<string, unknown>)['admin']).to.equal(undefined);
  expect(([] as unknown as Record<string, unknown>)['admin']).to.equal(undefined);
  expect((new Profile() as unknown as Record<string, unknown>)['admin']).to.equal(undefined);
  prototypes.forEach(([name, prototype], at) => {
    expect(Object.getOwnPropertyNames(prototype).sort(), name).to.deep.equal(members[at]);
  });
}

describe('C10: claims that reach for a prototype', () => {
  const bodies: [string, string][] = [
    ['__proto__', '"__proto__":{"admin":true}'],
    ['__proto__ with an escape', '"\\u005f_proto__":{"admin":true}'],
    ['__proto__ of null', '"__proto__":null'],
    ['__proto__ of a list', '"__proto__":[]'],
    ['__proto__ of text', '"__proto__":"admin"'],
    ['__proto__ in __proto__', '"__proto__":{"__proto__":{"admin":true}}'],
    ['constructor', '"constructor":{"prototype":{"admin":true}}'],
    ['constructor of text', '"constructor":"x"'],
    ['prototype', '"prototype":{"admin":true}'],
    ['__proto__ in a claim', '"x":{"__proto__":{"admin":true}}'],
    ['__proto__ in a list', '"x":[[{"__proto__":{"admin":true}}]]'],
    ['constructor in a claim', '"x":{"constructor":{"prototype":{"admin":true}}}'],
    ['paths', '"__proto__.admin":true,"constructor.prototype.admin":true,"x[__proto__][admin]":true'],
    ['the old accessors', '"__defineGetter__":1,"__lookupSetter__":1'],
    ['names of inherited methods', '"toString":"x","valueOf":1,"hasOwnProperty":true,"isPrototypeOf":null'],
    ['names of methods of the class', '"isAdmin":true'],
    ['toJSON and then', '"toJSON":"x","then":"y"'],
    ['length', '"length":4294967295'],
  ];
  for (const [name, body] of bodies) {
    it(`change nothing: ${name}`, async () => {
      for (const own of [plain, typed]) {
        const token = own.sign(
          own.header(),
          JSON.stringify(own.claims()).replace('}', `,"name":"Ada",${body}}`),
        );
        const verified = await expectTaken(own.manager, token);
        const claims = verified.claims;
        expectCleanPrototypes();
        expect(claims['admin']).to.equal(undefined);
        expect((claims['x'] as Record<string, unknown> | undefined)?.['admin']).to.equal(undefined);
        expect(Object.getPrototypeOf(claims)).to.equal(own === typed ? Profile.prototype : Object.prototype);
        for (const copy of [
          { ...claims },
          Object.assign({}, claims),
          structuredClone(claims),
          deepCopy(claims),
        ])
          expect((copy as Record<string, unknown>)['admin']).to.equal(undefined);
        expect(inspect(verified) + JSON.stringify(verified)).to.not.match(/"?(__proto__|prototype)"?:/);
      }
      expectCleanPrototypes();
    });
  }

  it('leave the methods of the claims class alone', async () => {
    const token = typed.sign(typed.header(), typed.claims({ name: 'Ada', isAdmin: true }));
    const claims = (await expectTaken(typed.manager, token)).claims as unknown as Profile;
    expect(claims).to.be.instanceOf(Profile);
    expect(claims.isAdmin()).to.equal(false);
    expect(claims.name).to.equal('Ada');
  });

  it('are handed over without their hazardous names, and with everything else', async () => {
    const body =
      '"x":{"__proto__":{"y":1},"constructor":1,"prototype":2,"z":[{"__proto__":0,"ok":true}]},"toString":1';
    const token = plain.sign(plain.header(), JSON.stringify(plain.claims()).replace('}', `,${body}}`));
    const { claims } = await expectTaken(plain.manager, token);
    expect(JSON.stringify(claims)).to.equal('{"x":{"z":[{"ok":true}]},"toString":1}');
  });

  it('are refused at issue, at any depth', async () => {
    const texts = [
      '{"__proto__":{"admin":true}}',
      '{"constructor":{"prototype":{"admin":true}}}',
      '{"prototype":{}}',
      '{"x":{"__proto__":{"admin":true}}}',
      '{"x":{"constructor":1}}',
      '{"x":[[{"y":{"prototype":null}}]]}',
      '{"x":{"\\u005f_proto__":1}}',
    ];
    for (const text of texts) {
      const claims = JSON.parse(text) as Record<string, unknown>;
      for (const manager of [plain.manager, typed.manager]) {
        const error = await refusalOf(manager.createAccessToken('ada', { claims }), ConfigurationError);
        expect(error.message).to.match(/^claims must not contain '(__proto__|constructor|prototype)'/);
      }
    }
    expectCleanPrototypes();
  });

  it('are issued when they only look like it', async () => {
    const claims = {
      toString: 'x',
      proto: 1,
      'a.__proto__': 2,
      Constructor: 3,
      hasOwnProperty: { valueOf: 4 },
    };
    const token = await plain.manager.createAccessToken('ada', { claims });
    expect(JSON.stringify((await expectTaken(plain.manager, token)).claims)).to.equal(JSON.stringify(claims));
    expectCleanPrototypes();
  });

  it('do not come out of a prototype that something else has polluted', async () => {
    const polluted = Object.prototype as Record<string, unknown>;
    const bare = plain.sign(plain.header({ kid: undefined }), plain.claims({ nbf: undefined }));
    const gifts = {
      roles: ['admin'],
      scope: 'admin',
      sid: 'session-1',
      auth_time: plain.now,
      nbf: plain.now + 60,
      aud: 'other',
      gen: 1,
      kid: 'other',
    };
    for (const [name, value] of Object.entries(gifts)) {
      polluted[name] = value;
      try {
        const token = await plain.manager.verify(bare);
        expect(token, name).to.deep.include({ roles: [], scopes: [], sessionId: undefined });
        expect(token.isFresh(), name).to.equal(false);
      } finally {
        Reflect.deleteProperty(polluted, name);
      }
    }
    expectCleanPrototypes();
  });

  it('are not made up by a polluted prototype, either', async () => {
    const polluted = Object.prototype as Record<string, unknown>;
    for (const [name, value] of Object.entries(plain.claims())) {
      if (name === 'nbf') continue;
      const lacking = plain.sign(plain.header(), plain.claims({ [name]: undefined }));
      polluted[name] = value;
      try {
        await expectInvalid(plain.manager, lacking, name);
      } finally {
        Reflect.deleteProperty(polluted, name);
      }
    }
    expectCleanPrototypes();
  });
});

/** The kind of copy that prototype pollution lives from. */
function deepCopy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const copy: Record<string, unknown> = {};
  for (const name of Object.keys(value)) copy[name] = deepCopy((value as Record<string, unknown>)[name]);
  return copy;
}
