import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { expect } from 'chai';

interface Named {
  readonly name: string;
}

interface Violation {
  readonly from: string;
  readonly rule: Named;
  /** The files of a circle, which is reported once. */
  readonly cycle?: readonly Named[];
}

const config = createRequire(__filename)(resolve('.dependency-cruiser.cjs')) as { forbidden: Named[] };

/** An import that a file must not have, and the rule that finds it. */
const plants: [file: string, line: string, rule: string][] = [
  ['src/manager/jwt-manager.ts', "import '../http/cookies/token-cookies';", 'floor-3-imports-from-above'],
  [
    'src/manager/manager-options.ts',
    "import '../controllers/decorators/inject-token';",
    'floor-3-imports-from-above',
  ],
  [
    'src/manager/events.ts',
    "import type { Planted } from '../http/cookies/token-cookies';",
    'floor-3-imports-from-above',
  ],
  ['src/sessions/sessions.ts', "import '../http/cookies/token-cookies';", 'floor-3-imports-from-above'],
  ['src/sessions/token-pair.ts', "import type { Context } from 'koa';", 'frameworks-only-from-http-up'],
  ['src/manager/rejections.ts', "import 'koa-bodyparser';", 'frameworks-only-from-http-up'],
  [
    'src/manager/issue-options.ts',
    "import type { Next } from '@koa/router';",
    'frameworks-only-from-http-up',
  ],
  ['src/token/token.ts', "import type { Request } from 'express';", 'frameworks-only-from-http-up'],
  ['src/token/compact.ts', "import 'jsonwebtoken';", 'one-door-to-jsonwebtoken'],
  ['src/http/cookies/cookie-header.ts', "import '../../token/codec';", 'codec-only-from-token'],
  ['src/token/open-signed.ts', "import './ed25519';", 'ed25519-only-from-the-codec'],
  ['src/token/codec.ts', "import '../manager/jwt-manager';", 'floor-2-imports-from-above'],
  ['src/token/header.ts', "import '../keys/key-set';", 'token-uses-a-sibling'],
  ['src/keys/sources/jwks.ts', "import '../../token/compact';", 'keys-uses-a-sibling'],
  ['src/store/resolve-rotation.ts', "import '../token/compact';", 'store-uses-a-sibling'],
  ['src/claims/own.ts', "import '../keys/sources/jwks';", 'floor-1-imports-from-above'],
  ['src/util/clock.ts', "import '../claims/own';", 'floor-0-imports-from-above'],
  [
    'src/http/cookies/csrf.ts',
    "import '../../controllers/decorators/inject-token';",
    'floor-4-imports-from-above',
  ],
  [
    'src/authentication/planted.ts',
    "import '../controllers/decorators/inject-token';",
    'floor-5-imports-from-above',
  ],
  [
    'src/controllers/decorators/inject-token.ts',
    "import '../../endpoints/planted';",
    'floor-6-imports-from-above',
  ],
  ['src/endpoints/planted.ts', "import '../index';", 'floor-7-imports-from-above'],
  [
    'src/http/cookies/response-cookies.ts',
    "import 'routing-controllers';",
    'routing-controllers-only-in-controllers',
  ],
  [
    'src/errors/copies.ts',
    "import { HttpError } from 'routing-controllers';",
    'routing-controllers-only-in-controllers',
  ],
  ['src/util/json.ts', "import '../claims/own';", 'no-circles'],
  ['src/store/redis/scripts.ts', "import 'redis';", 'services-stay-behind-their-doors'],
  ['src/planted.ts', "import './errors/errors';", 'a-file-without-a-floor'],
  ['src/util/duration.ts', "import '../../spec/support/keys';", 'src-imports-specs'],
];

describe('The floors of src/', function () {
  this.timeout(600_000);
  let folder: string;
  let violations: Violation[];

  before(() => {
    mkdirSync('.tmp', { recursive: true });
    folder = mkdtempSync(resolve('.tmp/floors-'));
    for (const path of ['src', 'spec/support', 'tsconfig.json', '.dependency-cruiser.cjs'])
      cpSync(path, join(folder, path), { recursive: true });
    for (const [file, line] of plants) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      appendFileSync(join(folder, file), `\n${line}\n`);
    }
    violations = violationsIn(folder);
  });

  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  for (const [file, line, rule] of plants) {
    it(`find ${line.replace(';', '')} in ${file}`, () => {
      const found = violations.filter(({ from, cycle = [] }) => [from, ...cycle.map(nameOf)].includes(file));
      expect(found.map((violation) => nameOf(violation.rule))).to.include(rule);
    });
  }

  it('have no rule that nothing above breaks', () => {
    expect(plants.map(([, , rule]) => rule)).to.include.members(config.forbidden.map(nameOf));
  });
});

function nameOf({ name }: Named): string {
  return name;
}

/** Every import that breaks a rule, as dependency-cruiser reports it. */
function violationsIn(cwd: string): Violation[] {
  const cruiser = resolve('node_modules/.bin/depcruise');
  const { stdout } = spawnSync(cruiser, ['src', '--output-type', 'json'], {
    cwd,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  return (JSON.parse(stdout) as { summary: { violations: Violation[] } }).summary.violations;
}
