// Copies what the site shows into site/pages: VitePress looks for its own packages from the folder of a page upwards.
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const pages = join(import.meta.dirname, 'pages');

rmSync(pages, { recursive: true, force: true });
cpSync(join(root, 'docs'), pages, { recursive: true });
cpSync(join(root, 'CHANGELOG.md'), join(pages, 'changelog.md'));
cpSync(join(root, 'SECURITY.md'), join(pages, 'security-policy.md'));
