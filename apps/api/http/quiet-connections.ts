import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

const SWEEP_MS = 50;
/** How long a stop goes on serving, each answer the last of its connection. */
const LEAVING_MS = 500;
/** How long a request under way is waited for: less than deployments allow a process for stopping (docker-compose.yml). */
const PATIENCE_MS = 30_000;

/**
 * Takes leave of connections at a stop. First, for a moment, every answer says that its connection ends (Fastify does so once it
 * is closing), so that a balancer lets go of those it uses and none is cut under a request. Then it ends those that would
 * hold the stop up for a minute: that never asked anything (browsers open some ahead, and Node counts them as busy until
 * its headers timeout), and whose last answer went out meanwhile; and after `patience` (ms) those of senders that do not get done.
 */
export function endQuietConnections(fastify: FastifyInstance, patience = PATIENCE_MS): void {
  const fresh = new Set<Socket>();
  fastify.server.on('connection', (socket) => {
    fresh.add(socket);
    socket.once('close', () => fresh.delete(socket));
  });
  fastify.server.on('request', ({ socket }) => fresh.delete(socket));
  fastify.addHook('preClose', (done) => {
    fastify.server.getConnections((_, open) => setTimeout(leave, open > 0 ? LEAVING_MS : 0));
    function leave(): void {
      const sweep = setInterval(() => {
        for (const socket of fresh) socket.destroy();
        fastify.server.closeIdleConnections();
      }, SWEEP_MS);
      const late = setTimeout(() => fastify.server.closeAllConnections(), patience);
      fastify.server.once('close', () => {
        clearInterval(sweep);
        clearTimeout(late);
      });
      done();
    }
  });
}
