'use strict';
const { mkdirSync, writeFileSync } = require('node:fs');
const { reporters } = require('mocha');

/** The usual report for people, and the counts for `scripts/check.mjs`. */
module.exports = class CountingReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once('end', () => {
      const { passes, failures, pending } = this.stats;
      mkdirSync('.tmp', { recursive: true });
      writeFileSync('.tmp/counts.json', JSON.stringify({ passes, failures, pending }));
    });
  }
};
