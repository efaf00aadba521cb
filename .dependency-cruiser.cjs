/** The import fences of docs/ARCHITECTURE.md. Each rule carries the sentence that says why. */
const fence = (name, comment, from, to) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from, pathNot: '\\.spec\\.ts$' },
  to,
});
const ours = '^(apps|libs|migrations|tests|tools)/';
module.exports = {
  forbidden: [
    fence(
      'rules-import-nothing-of-ours',
      'libs/rules must run in a browser and be provable alone: it knows no other room.',
      '^libs/rules/',
      { path: ours, pathNot: '^libs/rules/' },
    ),
    fence(
      'rules-touch-no-machine',
      'libs/rules has no clock, no database and no Nest: only pure functions of their arguments.',
      '^libs/rules/',
      { dependencyTypes: ['npm', 'core'] },
    ),
    fence(
      'core-knows-rules-and-platform',
      'libs/core holds the verbs; HTTP, the queue and rendering are somebody else’s business.',
      '^libs/core/',
      { path: ours, pathNot: '^libs/(core|rules|platform)/' },
    ),
    fence(
      'core-is-not-http',
      'A verb is a plain function (ctx, …): it must not know Nest, HTTP or the queue.',
      '^libs/core/',
      { path: 'node_modules/(@nestjs|fastify|bull|ioredis)' },
    ),
    fence(
      'documents-never-fetch',
      'A document is a pure function of the plain object it is given, so the same snapshot gives the same bytes.',
      '^libs/documents/',
      { path: ours, pathNot: '^libs/(documents|rules)/' },
    ),
    fence(
      'documents-touch-no-database',
      'Documents never fetch: what they print was frozen before.',
      '^libs/documents/',
      { path: 'node_modules/(pg|typeorm|@nestjs|bull|ioredis)/' },
    ),
    fence(
      'platform-knows-packages-only',
      'libs/platform is plumbing: sockets and files, nothing of the field.',
      '^libs/platform/',
      { path: ours, pathNot: '^libs/platform/' },
    ),
    fence(
      'api-and-worker-are-strangers',
      'The API and the worker run as separate processes and meet only in the database.',
      '^apps/api/',
      { path: '^apps/(worker|all)/' },
    ),
    fence(
      'worker-and-api-are-strangers',
      'The API and the worker run as separate processes and meet only in the database.',
      '^apps/worker/',
      { path: '^apps/(api|all)/' },
    ),
    fence(
      'testkit-is-for-tests',
      'The named cast and the throw-away database are imported by tests alone.',
      '^(apps|libs/(rules|core|documents|platform))/',
      { path: '^libs/testkit/' },
    ),
    {
      name: 'no-circles',
      comment: 'A circle means two files are one thought: join them or cut it.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|node_modules)/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
