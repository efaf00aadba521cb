import { isMainThread } from 'node:worker_threads';

/**
 * Loaded before the main file of every process that the launcher starts (`node --import child.js?launcher=PID`).
 * It loads the large packages while the database is still being prepared, waits for the launcher's word and its
 * settings, and ends the process when the launcher is gone, by whatever death.
 */
const launcher = Number(new URL(import.meta.url).searchParams.get('launcher'));

// Threads and grandchildren inherit the --import option, but are not the launcher's.
if (isMainThread && process.ppid === launcher && process.channel) {
  process.on('disconnect', () => process.exit(1));
  const told = new Promise<Record<string, string>>((resolve) => process.once('message', resolve));
  await Promise.all(
    ['typeorm', '@nestjs/core', '@nestjs/platform-fastify', '@nestjs/typeorm'].map((name) => import(name)),
  );
  Object.assign(process.env, await told);
  // From here on the channel alone must not keep the process alive.
  process.channel.unref();
}
