/** The floors of the house: an import points downwards or stays on its floor. */
const floors = [
  ['^src/(errors|claims|claims-class)[.]ts$', '^src/util/'],
  ['^src/(token|keys|store)/'],
  [
    '^src/http/',
    '^src/(manager|manager-options|issue-options|sessions?|events|rejections|diagnostics)([.]ts$|/)',
  ],
  ['^src/controllers/'],
  ['^src/endpoints/'],
  ['^src/(index|redis|typeorm|openapi)[.]ts$'],
  ['^src/(cli|testing)/'],
];

const upwards = floors.slice(0, -1).map((paths, floor) => ({
  name: `floor-${floor}-looks-up`,
  comment: 'Imports point downwards only.',
  severity: 'error',
  from: { path: paths },
  to: { path: floors.slice(floor + 1).flat() },
}));

const siblings = ['token', 'keys', 'store'].map((room) => ({
  name: `${room}-uses-a-sibling`,
  comment: 'Rooms of floor 1 share types, never code.',
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
      comment: 'Signatures are made and checked in one file.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/token/codec[.]ts$' },
      to: { path: 'jsonwebtoken' },
    },
    {
      name: 'koa-only-from-http-up',
      severity: 'error',
      from: {
        path: [
          '^src/(errors|claims|claims-class|manager|manager-options)[.]ts$',
          '^src/(util|token|keys|store)/',
        ],
      },
      to: { path: '^(node_modules/)?(@types/)?koa/|^koa$' },
    },
    {
      name: 'services-stay-behind-their-doors',
      comment: 'Whoever uses no Redis and no SQL loads neither.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(store/typeorm/|testing/)' },
      to: {
        path: 'node_modules/(typeorm|redis|ioredis|pg|mysql2|sql[.]js)/',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'a-room-without-a-floor',
      comment: 'A new file of src/ belongs to a floor: say to which.',
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
