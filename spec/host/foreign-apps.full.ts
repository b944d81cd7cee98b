import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect } from 'chai';
import { environmentWith } from '../support/environment';

interface Answer {
  readonly request: string;
  readonly status: number;
  readonly asked: unknown[];
}

interface Measured {
  readonly answers: Record<string, Answer[]>;
  readonly warnings: string[];
}

const app = join(__dirname, '../support/foreign-app.js');

async function measure(...argument: string[]): Promise<Measured> {
  const child = fork(app, argument, {
    env: environmentWith(undefined),
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const [measured] = (await once(child, 'message')) as [Measured];
  await once(child, 'exit');
  return measured;
}

describe('an application that uses no rule of this library', () => {
  let without: Measured;
  let beside: Measured;

  before(async () => {
    [without, beside] = await Promise.all([measure(), measure('with')]);
  });

  for (const framework of ['Koa', 'Express']) {
    for (const checker of ['none', 'lets in', 'turns away', 'throws']) {
      const name = `${framework}, a checker that ${checker}`;
      it(`answers as if it were not loaded: ${name}`, () => {
        const [expected, answers] = [without, beside].map((measured) => measured.answers[name]);
        expect(answers).to.be.an('array').with.lengthOf(26);
        expect(answers).to.deep.equal(expected);
      });
    }
  }

  it('gets no warning', () => {
    expect(beside.warnings).to.deep.equal(without.warnings);
  });

  it('is asked what routing-controllers alone asks', () => {
    const answers = beside.answers['Koa, a checker that lets in'] ?? [];
    const askedFor = (request: string) => answers.find((answer) => answer.request === request)?.asked;
    expect(askedFor('GET /heir/both')).to.deep.equal([['a', 'b']]);
    expect(askedFor('GET /routes/stacked')).to.deep.equal([['lower']]);
    expect(askedFor('GET /routes/numbers')).to.deep.equal([[0]]);
    expect(askedFor('GET /heir-of-heir/both')).to.deep.equal([]);
  });
});
