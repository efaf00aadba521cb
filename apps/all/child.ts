import { isMainThread } from 'node:worker_threads';

/**
 * Loaded before the main file of every process that the launcher starts (`node --import
 * child.js?launcher=PID&preload=URL`). It loads the modules while the database is still being prepared, waits for the launcher's word and its
 * settings, and ends the process when the launcher is gone, by whatever death.
 */
const given = new URL(import.meta.url).searchParams;
const launcher = Number(given.get('launcher'));

// Threads and grandchildren inherit the --import option, but are not the launcher's.
if (isMainThread && process.ppid === launcher && process.channel) {
  process.on('disconnect', () => process.exit(1));
  const told = new Promise<Record<string, string>>((resolve) => process.once('message', resolve));
  // Modules do nothing when they are loaded: settings are read by main, which comes after.
  await import(given.get('preload') ?? '');
  Object.assign(process.env, await told);
  // From here on the channel alone must not keep the process alive.
  process.channel.unref();
}
