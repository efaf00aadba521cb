import { Agent, request } from 'node:http';
import type { Socket } from 'node:net';
import { startWorld, type World } from '#testkit/world.js';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const MB = 1024 * 1024;

/** A tablet or a gateway sends its next request over the connection on which the last one was refused. */
describe('after a refused body the connection goes on', () => {
  let world: World;
  let agent: Agent;
  let port: number;
  const sockets = new Set<Socket>();

  beforeAll(async () => {
    world = await startWorld();
    await world.app.listen(0, '127.0.0.1');
    port = Number(new URL(await world.app.getUrl()).port);
    agent = new Agent({ keepAlive: true, maxSockets: 1 });
  });
  afterAll(async () => {
    agent.destroy();
    await world.stop();
  });

  const send = async (method: string, path: string, type?: string, body?: Buffer): Promise<number> => {
    const token = await world.token('qian');
    return new Promise((resolve, reject) => {
      const asked = request({
        agent,
        host: '127.0.0.1',
        port,
        method,
        path: `/api/v1${path}`,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body && { 'content-type': type, 'content-length': body.length }),
        },
      });
      asked.once('socket', (socket) => sockets.add(socket));
      asked.once('error', reject);
      asked.once('response', (answer) => {
        answer.resume();
        answer.once('end', () => resolve(answer.statusCode ?? 0));
      });
      asked.end(body);
    });
  };
  const form = (bytes: Buffer): Buffer =>
    Buffer.concat([
      Buffer.from(
        `--x\r\ncontent-disposition: form-data; name="file"; filename="a.xlsx"\r\ncontent-type: ${XLSX}\r\n\r\n`,
      ),
      bytes,
      Buffer.from('\r\n--x--\r\n'),
    ]);

  test.each([
    ['a table of 25 MB', 413, 'POST', '/schools/import', XLSX, () => Buffer.alloc(25 * MB)],
    [
      'a table of 25 MB in a form',
      413,
      'POST',
      '/schools/import',
      'multipart/form-data; boundary=x',
      () => form(Buffer.alloc(25 * MB)),
    ],
    [
      'a picture where a table belongs',
      415,
      'POST',
      '/schools/import',
      'image/png',
      () => Buffer.alloc(8 * MB),
    ],
    [
      'a photo of 25 MB',
      413,
      'PUT',
      `/attachments/${'a'.repeat(64)}`,
      'image/jpeg',
      () => Buffer.alloc(25 * MB),
    ],
    ['a photo under no name', 404, 'PUT', '/attachments/x', 'image/jpeg', () => Buffer.alloc(8 * MB)],
    ['a photo nobody asked for', 404, 'PUT', '/nowhere', 'image/jpeg', () => Buffer.alloc(8 * MB)],
  ])('%s: %i', async (_, status, method, path, type, body) => {
    expect(await send(method, path, type, body())).toBe(status);
    expect(await send('GET', '/me')).toBe(200);
    expect(sockets.size).toBe(1);
  });
});
