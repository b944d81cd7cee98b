import { join } from 'node:path';
import { staticFiles } from '../static-files';

/** Compiled, this file is in `dist/examples/cookies`; tsc leaves the page where it is. */
const examples = join(__dirname, '../../../examples');
const folder = join(examples, 'cookies/public');

/** Serves the page and what belongs to it. */
export const publicFiles = staticFiles({
  '/': join(folder, 'index.html'),
  '/app.js': join(folder, 'app.js'),
  '/call.js': join(folder, 'call.js'),
  '/device.mjs': join(examples, 'device.mjs'),
  '/style.css': join(folder, 'style.css'),
  '/icon.svg': join(folder, 'icon.svg'),
});
