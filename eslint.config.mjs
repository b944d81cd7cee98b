import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const clock = {
  object: 'Date',
  property: 'now',
  message: 'Take a Clock: only util/clock.ts knows the time.',
};
const environment = { object: 'process', property: 'env', message: 'Options come from the application.' };

export default defineConfig(
  {
    ignores: [
      'dist',
      'coverage',
      'docs/api',
      'site/dist',
      'site/pages',
      'site/.vitepress/.cache',
      '.tmp',
      'node_modules',
      'scripts/consumers',
      'templates',
    ],
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      // Entities and controllers are classes for the host's sake.
      '@typescript-eslint/no-extraneous-class': 'off',
      // The host speaks of classes as Function.
      '@typescript-eslint/no-unsafe-function-type': 'off',
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/no-invalid-void-type': ['error', { allowAsThisParameter: true }],
    },
  },
  {
    files: ['client/*.mts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { project: './client/tsconfig.json', tsconfigRootDir: import.meta.dirname },
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      'max-lines': ['error', { max: 250 }],
      'max-lines-per-function': ['error', { max: 40, skipComments: true, skipBlankLines: true }],
      'no-console': 'error',
      // Koa is an optional peer, loaded when it is needed; the deep file of routing-controllers has no types.
      '@typescript-eslint/no-require-imports': ['error', { allow: ['^koa$', '/http-error/HttpError$'] }],
      'no-restricted-properties': ['error', clock, environment],
    },
  },
  { files: ['src/util/clock.ts'], rules: { 'no-restricted-properties': ['error', environment] } },
  { files: ['src/keys/sources/environment.ts'], rules: { 'no-restricted-properties': ['error', clock] } },
  {
    files: ['spec/**/*.ts'],
    rules: {
      // Methods of controllers under test are called by the host.
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/only-throw-error': 'off',
      // chai asserts by properties.
      '@typescript-eslint/no-unused-expressions': 'off',
      // Claims are data: a literal with the members of their class will do.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // Wrong input is what negative tables are made of.
      '@typescript-eslint/no-unnecessary-condition': 'off',
    },
  },
  { files: ['**/*.mjs', '**/*.cjs'], extends: [tseslint.configs.base] },
);
