import { defineConfig } from 'vitepress';
import { linkToRepository } from './links.mjs';
import { sidebar } from './sidebar.mjs';

export default defineConfig({
  title: 'routing-controllers-jwt',
  description: 'Token authentication for class controllers on Koa and Express',
  lang: 'en',
  head: [['link', { rel: 'icon', href: '/icon.svg' }]],
  srcDir: './pages',
  outDir: './dist',
  cacheDir: './.vitepress/.cache',
  cleanUrls: true,
  markdown: {
    theme: { light: 'github-light', dark: 'github-dark' },
    languageAlias: { conf: 'ini' },
    config: (md) => md.use(linkToRepository),
  },
  themeConfig: {
    logo: '/icon.svg',
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      { text: 'Guides', link: '/guides/getting-started', activeMatch: '^/guides/' },
      { text: 'Recipes', link: '/recipes/', activeMatch: '^/recipes/' },
      { text: 'API', link: '/api/routing-controllers-jwt/', activeMatch: '^/api/' },
      { text: 'Comparison', link: '/comparison' },
      { text: 'Security', link: '/threat-model', activeMatch: '^/(threat-model|security)' },
      { text: 'Changelog', link: '/changelog' },
    ],
    sidebar,
  },
  // The search index of all pages is one file.
  vite: { build: { chunkSizeWarningLimit: 4_000 } },
});
