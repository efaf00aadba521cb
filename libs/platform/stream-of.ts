import type { Socket } from 'node:net';
import type { ClientBase } from 'pg';

/** The socket under a connection of pg, which its types do not show: to send statements together, or to cut it. */
export const streamOf = (client: ClientBase): Socket =>
  (client as unknown as { connection: { stream: Socket } }).connection.stream;
