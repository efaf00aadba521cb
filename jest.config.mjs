/** Tests run on the TypeScript sources; `#room/*` resolves to the source folder of that room. */
const rooms = {
  rules: 'libs/rules',
  core: 'libs/core',
  documents: 'libs/documents',
  platform: 'libs/platform',
  testkit: 'libs/testkit',
  api: 'apps/api',
  worker: 'apps/worker',
  migrations: 'migrations',
};
export default {
  testEnvironment: 'node',
  rootDir: '.',
  roots: ['<rootDir>/apps', '<rootDir>/libs', '<rootDir>/tests'],
  testRegex: '\\.spec\\.ts$',
  moduleFileExtensions: ['ts', 'js', 'json'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true, dynamicImport: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          target: 'es2022',
          keepClassNames: true,
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  moduleNameMapper: {
    ...Object.fromEntries(
      Object.entries(rooms).map(([room, dir]) => [`^#${room}/(.*)\\.js$`, `<rootDir>/${dir}/$1.ts`]),
    ),
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  globalSetup: '<rootDir>/libs/testkit/global-setup.mjs',
  globalTeardown: '<rootDir>/libs/testkit/global-teardown.mjs',
  testTimeout: 30000,
  maxWorkers: 2,
};
