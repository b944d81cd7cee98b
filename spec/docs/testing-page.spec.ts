import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { readPage } from '../support/docs/page';

const path = 'docs/guides/testing.md';

describe('the guide to testing', () => {
  const { blocks, text } = readPage(path, readFileSync(path, 'utf8'));

  for (const file of ['.mocharc.json', 'jest.config.json', 'vitest.config.mts']) {
    it(`has the ${file} that the packed package is tested with`, () => {
      const tested = readFileSync(`scripts/consumers/runners/${file}`, 'utf8').trimEnd();
      expect(blocks.map((block) => block.text)).to.include(tested);
      expect(text).to.include(`\`${file}\``);
    });
  }
});
