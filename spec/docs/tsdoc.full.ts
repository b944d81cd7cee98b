import { expect } from 'chai';
import { compile } from '../support/docs/compiler';
import type { Page } from '../support/docs/page';
import { doorFiles, publicNames, type PublicName } from '../support/docs/public-names';

/** What examples use without saying where it comes from. */
const surroundings = `
declare const jwtManager: JwtManager;
declare const authorizationChecker: ReturnType<typeof createAuthorizationChecker>;
declare const tokenCookies: TokenCookies;
declare const keys: KeySet;
declare const token: Token;
declare const pair: TokenPair;
declare const store: TokenStore;
declare const onceStore: OnceStore;
declare const event: OnceEvent;
declare const rotation: Rotation;
declare const query: RevocationQuery;
declare const revocation: TokenRevocation;
declare const row: Session & { movedAt: number };
declare const serverTime: number;
declare const previousPage: Session[];
declare const socket: import('node:net').Socket & { close(code: number, reason: string): void };
declare const sockets: import('ws').WebSocketServer;
declare const request: import('node:http').IncomingMessage;
declare const rejections: { labels(name: string): { inc(): void } };
declare const dataSource: DataSource;
declare const client: ReturnType<typeof createClient>;
declare function reportFor(identity: string): Promise<unknown>;
declare function listener(change: RevocationChange): void;
declare function greet(webSocket: unknown, token: Token): void;
declare function rejectUpgrade(socket: unknown, error: unknown): void;
declare class LoginController {}
declare class User {}
declare class MyTokenStore extends MemoryTokenStore {
  close(): void;
}
declare const users: {
  find(identity: string): Promise<{ roles: string[] } | undefined>;
  verify(username: string, password: string): Promise<string | null>;
};
declare const clients: { find(id: string): Promise<{ hasSecret(secret: string): boolean } | undefined> };
declare const redis: ReturnType<typeof createClient>;
declare const koaApp: import('koa');
declare const expressApp: import('express').Express;
declare const express: typeof import('express');
declare function upload(...input: unknown[]): void;
interface Claims {
  tenant: string;
}
interface File {
  size: number;
}
declare class LoginDto {
  username: string;
  password: string;
}
declare const user: { id: string; roles: string[] };
declare const order: { owner: string };
declare const ctx: import('koa').Context;
declare const app: import('koa');
declare const server: import('node:http').Server;
declare const logger: { info(...messages: unknown[]): void; error(...messages: unknown[]): void };
declare const metrics: { increment(name: string): void };
declare const [text, url, secret, pem, id, identity, email, subject, jti, username, password]: string[] & Record<number, string>;
declare const now: number;
`;
const everywhere: Readonly<Record<string, string>> = {
  Get: 'routing-controllers',
  Post: 'routing-controllers',
  UseBefore: 'routing-controllers',
  UploadedFile: 'routing-controllers',
  JsonController: 'routing-controllers',
  createKoaServer: 'routing-controllers',
  createExpressServer: 'routing-controllers',
  readFile: 'node:fs/promises',
  routingControllersToSpec: 'routing-controllers-openapi',
  DataSource: 'typeorm',
  createClient: 'redis',
  Redis: 'ioredis',
  describe: 'mocha',
  it: 'mocha',
  after: 'mocha',
};

/** The example as a module: with its imports, in a class if it is a method, in a function otherwise. */
function moduleOf(example: string, names: readonly PublicName[]): string {
  const own = [...example.matchAll(/^import .*$/gm)].join('\n');
  const code = example.replace(/^import .*$/gm, '');
  const isFree = (name: string) => !new RegExp(`\\b${name}\\b`).test(own);
  const isMethod = /^\s*@(?:Get|Post)\(/.test(code);
  const body = isMethod ? `@JsonController()\nclass Example {\n${code}\n}` : code;
  const isUsed = (name: string) => isFree(name) && new RegExp(`\\b${name}\\b`).test(body + surroundings);
  const imports = [
    ...new Map(names.map(({ name, door }) => [name, `routing-controllers-jwt${door}`])),
    ...Object.entries(everywhere),
  ].flatMap(([name, from]) => (isUsed(name) ? [`import { ${name} } from '${from}';`] : []));
  const wrapped = isMethod
    ? body
    : `export async function example(): Promise<unknown> {\n${body}\nreturn;\n}`;
  return [...imports, own, surroundings, wrapped].join('\n');
}

describe('the public names', function () {
  this.timeout(600_000);
  let names: PublicName[] = [];

  before(() => {
    names = publicNames(doorFiles());
  });

  it('are described, and have an example each', () => {
    const poor = names.filter(({ text, examples }) => text === '' || examples.length === 0);
    expect(poor.map(({ name }) => name)).to.deep.equal([]);
  });

  it('have examples that compile', () => {
    const pages = names.map(({ name, examples }): Page => {
      const blocks = examples.map((example, index) => ({
        line: 1,
        language: 'ts',
        text: moduleOf(example, names),
        file: `example-${String(index)}.ts`,
      }));
      return { path: name, text: '', blocks };
    });
    const project = compile(pages, {
      module: 'nodenext',
      target: 'es2022',
      types: ['node'],
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
    });
    project.remove();
    expect(project.problems).to.deep.equal([]);
  });
});
