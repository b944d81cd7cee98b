'use strict';
const { mkdirSync, writeFileSync } = require('node:fs');
const { relative } = require('node:path');
const { reporters } = require('mocha');

/** The usual report for people; the counts and what failed for `scripts/check.mjs`. */
module.exports = class CountingReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const failed = [];
    runner.on('fail', (test, error) => {
      const file = test.file ? `${relative('.', test.file)}: ` : '';
      failed.push(`${file}${test.fullTitle()}\n  ${String(error?.stack ?? error)}`);
    });
    runner.once('end', () => {
      const { passes, failures, pending } = this.stats;
      mkdirSync('.tmp/counts', { recursive: true });
      writeFileSync(`.tmp/counts/${process.pid}.json`, JSON.stringify({ passes, failures, pending, failed }));
    });
  }
};
