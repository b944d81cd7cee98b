import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'chai';

/** A new member of a family: one file, and one line, next to a line that is there, with its import where it needs one. */
interface Member {
  readonly family: string;
  readonly file: string;
  readonly text: string;
  readonly registry: string;
  readonly imports?: string;
  readonly before: string;
  readonly line: string;
}

const members: readonly Member[] = [
  {
    family: 'demands',
    file: 'src/authentication/demands/region.ts',
    text: `
      import type { Demand } from './demand';

      export interface RegionMember {
        readonly region?: string;
      }

      export const region: Demand<RegionMember, string> = {
        name: 'region',
        resolve: (given) => given,
        meet: (value, { token }) => ((token.claims as { region?: unknown }).region === value ? undefined : { reason: 'region' }),
        describe: (given) => \`region: \${given}\`,
      };
    `,
    registry: 'src/authentication/demands/registry.ts',
    imports: "import { region } from './region';",
    before: 'fresh, acr,',
    line: 'region,',
  },
  {
    family: 'claims',
    file: 'src/claims/locale.ts',
    text: `
      import type { RegisteredClaim } from './registered';

      const isLocale = (value: unknown): value is string => typeof value === 'string' && /^[a-z]{2}$/.test(value);

      export const locale = {
        isWellFormed: isLocale,
        on: 'any',
        lasts: 'session',
        option: 'locale',
        toClaim: (value: unknown) => String(value),
      } as const satisfies RegisteredClaim<string>;
    `,
    registry: 'src/claims/registered.ts',
    imports: "import { locale } from './locale';",
    before: '  iss: claim(',
    line: '  locale,\n',
  },
  {
    family: 'key sources',
    file: 'src/keys/sources/hex.ts',
    text: `
      import type { Key } from '../key';
      import { secretKey } from './secret';

      export function keysFromHex(hex: string): readonly Key[] {
        return [secretKey(Buffer.from(hex, 'hex'), 'HS256', 'hex')];
      }
    `,
    registry: 'src/keys/key-set.ts',
    imports: "import { keysFromHex } from './sources/hex';",
    before: '  static async generate(',
    line: '  static fromHex(hex: string): KeySet { return new KeySet(keysFromHex(hex)); }\n',
  },
  {
    family: 'stores',
    file: 'src/store/counting-token-store.ts',
    text: `
      import { MemoryTokenStore } from './memory/memory-token-store';
      import type { RevocationQuery, TokenStore } from './token-store';

      export class CountingTokenStore extends MemoryTokenStore implements TokenStore {
        asked = 0;

        override isRevoked(query: RevocationQuery): boolean {
          this.asked++;
          return super.isRevoked(query);
        }
      }
    `,
    registry: 'src/index.ts',
    before: 'export { Token,',
    line: "export { CountingTokenStore } from './store/counting-token-store';\n",
  },
  {
    family: 'frameworks',
    file: 'src/http/request/raw.ts',
    text: `
      import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
      import type { Framework, FrameworkRequest } from './http-request';

      interface RawRequest {
        readonly method: string;
        readonly url: URL;
        readonly headers: IncomingHttpHeaders;
        readonly payload: unknown;
        readonly raw: { readonly req: IncomingMessage; readonly res: ServerResponse };
      }

      export const raw: Framework = {
        find: (source) => rawIn(source) ?? rawIn(source['request']),
        adapt: (found) => adapted(found as RawRequest),
      };

      function rawIn(value: unknown): object | undefined {
        return typeof value === 'object' && value !== null && 'raw' in value ? value : undefined;
      }

      function adapted({ method, url, headers, payload, raw: { req, res } }: RawRequest): FrameworkRequest {
        return {
          method, headers, req, res,
          path: url.pathname,
          query: url.searchParams,
          body: payload,
          rawBody: undefined,
          ip: '203.0.113.7',
          protocol: 'https',
          host: url.host,
          environment: 'test',
          app: undefined,
          send: (status, body) => {
            res.writeHead(status).end(JSON.stringify(body));
          },
        };
      }
    `,
    registry: 'src/http/request/request-of.ts',
    imports: "import { raw } from './raw';",
    before: 'koa, express, node',
    line: 'raw, ',
  },
];

/** Uses all of them, as an application does. */
const program = `
  import 'reflect-metadata';
  import { randomBytes } from 'node:crypto';
  import { IncomingMessage, ServerResponse } from 'node:http';
  import { Socket } from 'node:net';
  import {
    authenticateUpgrade, BodyField, CountingTokenStore, createAuthorizationChecker, formatRoutes, JwtError, JwtManager, KeySet,
    tokenOf,
  } from './index';

  async function main() {
    const store = new CountingTokenStore();
    const keys = KeySet.fromHex(randomBytes(32).toString('hex'));
    const manager = new JwtManager({ keys, store });
    const reasons: string[] = [];
    manager.on('rejected', ({ reason }) => reasons.push(reason));
    const issue = (options: object) => manager.createTokenPair('ada', options);
    const { refresh_token: old } = await issue({ claims: { region: 'eu' }, locale: 'de' });
    const { access_token: text } = await manager.refresh(old);
    const token = await manager.verify(text);
    const taken = await manager.createAccessToken('ada', { claims: { locale: 'de' } }).catch(String);
    const upgrade = async (jwt: string, region: string) => {
      const request = new IncomingMessage(new Socket());
      Object.assign(request, { url: '/', method: 'GET', headers: { authorization: 'Bearer ' + jwt } });
      const answer = authenticateUpgrade(manager, request, { region });
      return answer.then(({ identity }) => identity, (error: unknown) => (error as JwtError).code);
    };
    const results = [await upgrade(text, 'eu'), await upgrade(text, 'us')];
    const { access_token: malformed } = await issue({ locale: 'deutsch' });
    results.push(await upgrade(malformed, 'eu'));
    const route = { method: 'GET', path: '/', controller: 'A', handler: 'b', requirement: { region: 'eu' } };
    const req = new IncomingMessage(new Socket());
    const rawRequest = (token: string) => ({
      method: 'POST', url: new URL('https://x/raw'), headers: {}, payload: { jwt: token }, raw: { req, res: new ServerResponse(req) },
    });
    const checker = createAuthorizationChecker(manager, { locations: [new BodyField('jwt')] });
    const good = rawRequest(text);
    await checker({ request: good, response: {} }, []);
    const bad = rawRequest('nonsense');
    await Promise.resolve(checker({ request: bad, response: {} }, [])).catch(() => undefined);
    const byRaw = [tokenOf(good as never)?.identity, bad.raw.res.getHeader('WWW-Authenticate')];
    console.log(JSON.stringify({
      byRaw, results, reasons, taken, locale: token.verifiedClaims().locale, shown: formatRoutes([route]), asked: store.asked,
    }));
  }
  void main();
`;

const familyFolders = ['src/http/locations', 'src/http/cookies', 'src/store', 'src/authentication/demands'];

describe('No code asks which member of a family it has', () => {
  const sources = new Map(
    readdirSync('src', { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => [`src/${file}`, readFileSync(`src/${file}`, 'utf8')]),
  );
  const matches = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, name = '']) => name);

  for (const folder of familyFolders) {
    it(`by instanceof outside ${folder}`, () => {
      const isInside = (file: string) => file.startsWith(`${folder}/`);
      const classes = [...sources].flatMap(([file, text]) =>
        isInside(file) ? matches(text, /^export class (\w+)/gm) : [],
      );
      const asked = [...sources].flatMap(([file, text]) =>
        isInside(file) ? [] : matches(text, /instanceof (\w+)/g).map((name) => [file, name] as const),
      );
      expect(asked).to.not.be.empty;
      expect(asked.filter(([, name]) => classes.includes(name))).to.deep.equal([]);
    });
  }
});

describe('A family is open', function () {
  this.timeout(600_000);
  let folder: string;
  let errors: string;
  let output: Record<string, unknown>;

  before(() => {
    mkdirSync('.tmp', { recursive: true });
    folder = mkdtempSync(resolve('.tmp/families-'));
    cpSync('src', join(folder, 'src'), { recursive: true });
    for (const member of members) add(member, folder);
    writeFileSync(join(folder, 'src/program.ts'), program);
    const options = {
      outDir: 'dist',
      rootDir: 'src',
      declaration: false,
      incremental: false,
      sourceMap: false,
    };
    const config = {
      extends: '../../tsconfig.json',
      compilerOptions: { ...options, declarationMap: false, tsBuildInfoFile: null },
      include: ['src/program.ts'],
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    errors = spawnSync(resolve('node_modules/.bin/tsc'), ['-p', folder], { encoding: 'utf8' }).stdout;
    const text = execFileSync(process.execPath, [join(folder, 'dist/program.js')], { encoding: 'utf8' });
    output = JSON.parse(text) as Record<string, unknown>;
  });

  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it(`takes a new member by one file and one line: ${members.map(({ family }) => family).join(', ')}`, () => {
    expect(errors).to.equal('');
  });

  it('and its new member works: a demand, with its place in describeRoutes and the reasons of rejections', () => {
    expect(output['results']).to.deep.equal(['ada', 'ERR_JWT_DENIED', 'ERR_JWT_INVALID']);
    expect(output['reasons']).to.deep.equal(['region', 'locale', 'format']);
    expect(output['shown']).to.equal('GET  /  A.b  access, region: eu');
  });

  it('and its new member works: a framework, whose requests are read, let in and rejected', () => {
    expect(output['byRaw']).to.deep.equal([
      'ada',
      ['Bearer realm="api", error="invalid_token", error_description="Token is invalid"'],
    ]);
  });

  it('and its new member works: a claim, which a refresh carries over and no other claim replaces', () => {
    expect(output['locale']).to.equal('de');
    expect(output['taken']).to.include("contain 'locale'");
  });

  it('and its new member works: a store, and the keys that sign all of this', () => {
    expect(output['asked']).to.be.a('number').that.is.at.least(2);
  });
});

function add({ file, text, registry, imports, before, line }: Member, folder: string): void {
  writeFileSync(join(folder, file), text);
  const path = join(folder, registry);
  const source = readFileSync(path, 'utf8');
  if (source.split(before).length !== 2) throw new Error(`${registry} has no single '${before}'`);
  const start = imports === undefined ? '' : `${imports}\n`;
  writeFileSync(path, start + source.replace(before, () => `${line}${before}`));
}
