/** Each floor with its files, from the lowest to the highest. An import points downwards or stays on its floor. */
const floors = [
  ['^src/(errors|util)/'],
  ['^src/claims/'],
  ['^src/(token|keys|store)/'],
  ['^src/(manager|sessions)/'],
  ['^src/http/'],
  ['^src/authentication/'],
  ['^src/controllers/'],
  ['^src/(endpoints|openapi)/'],
  ['^src/(index|redis|typeorm|openapi|testing|client)[.]ts$', '^src/(cli|testing)/'],
];

const upwards = floors.slice(0, -1).map((path, floor) => ({
  name: `floor-${floor}-imports-from-above`,
  comment: 'Imports point downwards only.',
  severity: 'error',
  from: { path },
  to: { path: floors.slice(floor + 1).flat() },
}));

const siblings = ['token', 'keys', 'store'].map((room) => ({
  name: `${room}-uses-a-sibling`,
  comment: 'Folders of floor 2 share types, never code.',
  severity: 'error',
  from: { path: `^src/${room}/` },
  to: {
    path: `^src/(?!${room})(token|keys|store)/`,
    dependencyTypesNot: ['type-only'],
  },
}));

module.exports = {
  forbidden: [
    ...upwards,
    ...siblings,
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'one-door-to-jsonwebtoken',
      comment: 'Signatures are created and verified in one file, the codec.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/token/codec[.]ts$' },
      to: { path: 'jsonwebtoken' },
    },
    {
      name: 'codec-only-from-token',
      comment: 'The codec checks the signature and nothing else; all others use the verifier and the issuer.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/token/' },
      to: { path: '^src/token/codec[.]ts$' },
    },
    {
      name: 'ed25519-only-from-the-codec',
      comment: 'It is the half of the codec that jsonwebtoken lacks.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/token/codec[.]ts$' },
      to: { path: '^src/token/ed25519[.]ts$' },
    },
    {
      name: 'frameworks-only-from-http-up',
      comment: 'The manager and everything below it work without Koa and Express, types included.',
      severity: 'error',
      from: { path: floors.slice(0, 4).flat() },
      to: { path: '(^|node_modules/)(@types/)?(@koa/|(koa|express)(-|/|$))' },
    },
    {
      name: 'routing-controllers-only-in-controllers',
      comment: 'Only errors/host.ts uses its HttpError elsewhere.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/errors/host[.]ts$', ...floors.slice(5, 8).flat()] },
      to: { path: '(^|node_modules/)routing-controllers(/|$)' },
    },
    {
      name: 'services-stay-behind-their-doors',
      comment: 'An application without Redis and SQL loads neither.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(store/typeorm/|testing/)' },
      to: {
        path: 'node_modules/(typeorm|redis|ioredis|pg|mysql2|sql[.]js)/',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'a-file-without-a-floor',
      comment: 'A new file of src/ belongs to a floor: add it to the list above.',
      severity: 'error',
      from: { path: '^src/', pathNot: floors.flat() },
      to: {},
    },
    {
      name: 'src-imports-specs',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(spec|examples|bench)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['require', 'types', 'default'] },
  },
};
