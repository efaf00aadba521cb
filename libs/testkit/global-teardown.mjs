import { once } from 'node:events';
import { rmSync } from 'node:fs';

/** Ends what global-setup.mjs started; Jest calls it after a failed run too. */
export default async function globalTeardown() {
  const { postgres, redis, dataDir } = globalThis.dudaoTestServers;
  await postgres.stop();
  if (redis.exitCode === null && redis.signalCode === null) {
    redis.kill('SIGTERM');
    await once(redis, 'exit');
  }
  rmSync(dataDir, { recursive: true, force: true });
  rmSync(globalThis.dudaoTestPlatform, { recursive: true, force: true });
}
