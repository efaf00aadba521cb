import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

const SWEEP_MS = 50;

/**
 * Ends at a stop the connections that would hold it up for a minute: those that never asked anything (browsers open some
 * ahead, and Node counts them as busy until its headers timeout), and those whose last answer went out meanwhile.
 */
export function endQuietConnections(fastify: FastifyInstance): void {
  const fresh = new Set<Socket>();
  fastify.server.on('connection', (socket) => {
    fresh.add(socket);
    socket.once('close', () => fresh.delete(socket));
  });
  fastify.server.on('request', ({ socket }) => fresh.delete(socket));
  fastify.addHook('preClose', (done) => {
    const sweep = setInterval(() => {
      for (const socket of fresh) socket.destroy();
      fastify.server.closeIdleConnections();
    }, SWEEP_MS);
    fastify.server.once('close', () => clearInterval(sweep));
    done();
  });
}
