import { createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { JwtManager, KeySet } from '../../src';
import { isFull } from '../support/full';
import { expectRefused } from '../support/refused-key';

const text = 'kq4Zr0pX7uV2bN8mT1sW6yL3dH9gJ5cFaEoQiRtUxYz';

describe('A10: secrets that can be guessed', () => {
  const placeholders: [string, string][] = [
    ['a placeholder', 'your_jwt_secret_at_least_32_chars'],
    ['a placeholder in capitals', 'YOUR_SUPER_SECRET_KEY, MAKE SURE IT IS LONG ENOUGH'],
    ['a placeholder in one word', 'thisIsMySecretKeyForJwtTokenGenerationPleaseDontShare'],
    ['a placeholder with a number', 'mySecretKeyForDashboardServiceJwtAuthenticationToken123456789'],
    ['a request to change it', 'change-this-to-a-long-random-string-in-production'],
    ['a request to replace it', 'replace this with a real secret before going live'],
    ['a remark about itself', 'reallyreallyreallyreallyverysafe'],
    ['a secret of a spec', 'test-secret-that-is-long-enough-for-256-bits-0123456789abcdef'],
    ['a name, with words around it', 'acme_super_secret_jwt_key_for_production_2026'],
    ['other letters for letters', 's3cr3t-k3y-f0r-jwt-t0k3ns-pl3as3-ch4ng3-m3'],
    ['another language', 'una_clave_secreta_muy_larga_y_segura_12345'],
    ['the alphabet', 'abcdefghijklmnopqrstuvwxyz0123456789'],
    ['the alphabet from its end', 'zyxwvutsrqponmlkjihgfedcba9876543210'],
    ['rows of the keyboard', 'qwertyuiopasdfghjklzxcvbnm123456'],
    ['columns of the keyboard', '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9'],
    ['digits in order', '12345678901234567890123456789012'],
    ['hex digits in order', '0123456789abcdeffedcba98765432100123'],
    ['words of hex', 'deadbeef-cafe-deadbeef-cafe-deadbeef'],
    ['an empty UUID', '00000000-0000-0000-0000-000000000000'],
    ['zeros in base64', Buffer.alloc(32).toString('base64')],
    ['a placeholder in base64', Buffer.from('my-secret-token-to-change-in-production').toString('base64')],
    ['a placeholder in hex', Buffer.from('my-secret-token-to-change-in-production').toString('hex')],
    ['a development key of Django', `django-insecure-${text}`],
    ['the text of an online generator', 'McQfTjWnZr4u7x!A%D*G-KaPdSgVkYp3s6v9y/B?E(H+'],
    ['few different characters', 'abcdefabcfedbacdefabfcedabcdeffedcab'],
  ];
  for (const [name, secret] of placeholders) {
    it(`are not ${name}`, async () => {
      for (const form of [secret, Buffer.from(secret), createSecretKey(Buffer.from(secret))])
        await expectRefused(
          () => KeySet.fromSecret(form),
          /^KeySet.fromSecret: secret can be guessed. Create a random one: npx routing-controllers-jwt secret$/,
          secret,
        );
    });
  }

  // Read on pages that everyone reads: FastAPI's tutorial, jwt.io, Supabase's example.
  const published = [
    '09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7',
    'a-string-secret-at-least-256-bits-long',
    'super-secret-jwt-token-with-at-least-32-characters-long',
  ];
  for (const secret of published) {
    it(`are not published: ${secret}`, () =>
      expectRefused(() => KeySet.fromSecret(secret), /can be guessed/, secret));
  }

  it('are not published in another spelling of the same bytes', async () => {
    const [hex = ''] = published;
    for (const secret of [hex.toUpperCase(), Buffer.from(hex, 'hex')])
      await expectRefused(() => KeySet.fromSecret(secret), /can be guessed/, hex);
  });
});

describe('A10: secrets that only say where the secret is', () => {
  const references: [string, string][] = [
    ['the path of a mounted secret', '/run/secrets/production/jwt.pem'],
    ['a path', '/etc/ssl/private/jwt-signing-production'],
    ['a path from here', './config/keys/production/jwt-secret'],
    ['a path from above', '../../secrets/production/jwt.pem'],
    ['a path from home', '~/.config/my-application/jwt-secret'],
    ['a path of Windows', 'C:\\secrets\\production\\jwt-signing.key'],
    ['a path of a share', '\\\\server\\share\\secrets\\jwt-signing'],
    ['the name of a file', 'my-production-jwt-signing-secret.txt'],
    ['a path of a vault', 'projects/acme/secrets/jwt/versions/latest'],
    ['a URL', 'https://vault.example.com/v1/secret/jwt-signing-key'],
    ['a URL of a file', 'file:///run/secrets/jwt-signing-secret'],
    ['a URL of another service', 'postgres://user:password@localhost:5432/app'],
    ['a name of AWS', 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:jwt-Ab12Cd'],
    ['a reference to a vault', 'vault:secret/data/production/jwt#signing'],
    ['the name of an environment variable', 'PRODUCTION_JWT_SIGNING_SECRET_KEY'],
    ['a variable of a shell', '$JWT_SECRET_KEY_OF_PRODUCTION_SERVER'],
    ['a variable in braces', '${JWT_SECRET_FROM_THE_ENVIRONMENT}'],
    ['a variable of Windows', '%JWT_SECRET_FROM_THE_ENVIRONMENT%'],
    ['an expression of a template', '{{ .Values.secrets.jwtSigningSecret }}'],
    ['an expression of a program', 'process.env.JWT_SECRET_KEY_PRODUCTION'],
    ['a command', '$(cat /run/secrets/jwt_signing_secret)'],
    ['a gap to fill', '<random string of at least 32 characters>'],
  ];
  for (const [name, secret] of references) {
    it(`are refused: ${name}`, async () => {
      for (const form of [secret, Buffer.from(secret), createSecretKey(Buffer.from(secret))])
        await expectRefused(
          () => KeySet.fromSecret(form),
          /^KeySet.fromSecret: secret is a path, a URL or the name/,
          secret,
        );
    });
  }
});

describe('A10: secrets with white space around them', () => {
  for (const secret of [`${text}\n`, `${text}\r\n`, ` ${text}`, `${text}\t`, `\uFEFF${text}`]) {
    it(`are refused: ${JSON.stringify(secret)}`, () =>
      expectRefused(
        () => KeySet.fromSecret(secret),
        /^KeySet.fromSecret: secret starts or ends with white space.*trim\(\)/,
        text,
      ));
  }

  it('are refused as the bytes of a file', () =>
    expectRefused(
      () => KeySet.fromSecret(Buffer.from(`${text}\n`)),
      /starts or ends with white space/,
      text,
    ));

  it('are taken as a KeyObject, as they are', () => {
    const [kept = ''] = KeySet.fromSecret(createSecretKey(Buffer.from(`${text}\n`))).kids;
    expect(KeySet.fromSecret(text).kids).to.not.include(kept);
  });

  it('may have white space inside, and random bytes may begin and end with any', () => {
    expect(KeySet.fromSecret(`${text.slice(0, 20)} ${text.slice(20)}`).kids).to.have.length(1);
    const bytes = Buffer.concat([Buffer.from('\n'), randomBytes(32), Buffer.from([0xff, 0x0a])]);
    expect(KeySet.fromSecret(bytes).kids).to.have.length(1);
  });
});

describe('A10: random secrets', () => {
  const characters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  const symbols = Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index)).join('');
  const pick = (set: string, length: number): string =>
    Array.from(randomBytes(length), (byte) => set.charAt(byte % set.length)).join('');
  const kinds: [string, () => string | Buffer][] = [
    ['bytes', () => randomBytes(32)],
    ['hex of 128 bits', () => randomBytes(16).toString('hex')],
    ['hex of 256 bits', () => randomBytes(32).toString('hex')],
    ['base64', () => randomBytes(32).toString('base64')],
    ['base64url', () => randomBytes(32).toString('base64url')],
    ['letters and digits', () => pick(characters, 32)],
    ['small letters', () => pick(characters.slice(26, 52), 32)],
    ['all characters of the keyboard', () => pick(symbols, 32)],
    ['UUIDs', randomUUID],
    ['a name and 128 bits', () => `production-jwt-secret-${randomBytes(16).toString('base64url')}`],
  ];
  for (const [name, make] of kinds) {
    it(`are taken: ${name}`, () => {
      for (let round = 0; round < (isFull ? 300 : 30); round++) {
        const secret = make();
        expect(() => new JwtManager({ secret, store: false }), String(secret)).to.not.throw();
      }
    });
  }

  it('are taken as a phrase of random words', () => {
    const phrase = 'walnut piccolo gravel thursday mosaic orbit lantern crumb velvet harpoon';
    expect(KeySet.fromSecret(phrase).kids).to.have.length(1);
  });
});
