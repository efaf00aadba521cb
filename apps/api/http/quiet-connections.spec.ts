import { Agent, get } from 'node:http';
import { connect } from 'node:net';
import { fastify } from 'fastify';
import { endQuietConnections } from './quiet-connections.js';

test('a connection opened ahead does not hold the stop up, a request under way is answered first', async () => {
  const app = fastify({ forceCloseConnections: 'idle' });
  endQuietConnections(app);
  let answer: () => void = () => undefined;
  const asked = new Promise<void>((resolve) => {
    app.get('/', async () => {
      resolve();
      await new Promise<void>((done) => {
        answer = done;
      });
      return 'answered';
    });
  });
  const { port } = new URL(await app.listen({ host: '127.0.0.1', port: 0 }));
  const ahead = connect(Number(port), '127.0.0.1');
  await new Promise((resolve) => ahead.once('connect', resolve));
  const ended = new Promise((resolve) => ahead.once('close', resolve));
  const request = fetch(`http://127.0.0.1:${port}/`).then((response) => response.text());
  await asked;
  const closed = app.close();
  await ended;
  answer();
  expect(await request).toBe('answered');
  await closed;
});

test('who asks over a kept connection while the process leaves is served, and told that it was the last time', async () => {
  const app = fastify({ forceCloseConnections: 'idle', return503OnClosing: false });
  endQuietConnections(app);
  app.get('/', () => 'answered');
  const { port } = new URL(await app.listen({ host: '127.0.0.1', port: 0 }));
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask = () =>
    new Promise<{ text: string; connection: string | undefined }>((resolve, reject) => {
      get({ host: '127.0.0.1', port, agent }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        answer.once('end', () => resolve({ text, connection: answer.headers.connection }));
      }).once('error', reject);
    });
  expect(await ask()).toEqual({ text: 'answered', connection: 'keep-alive' });
  const closed = app.close();
  expect(await ask()).toEqual({ text: 'answered', connection: 'close' });
  await closed;
  agent.destroy();
});

test('a sender that stands still is waited for, not for ever', async () => {
  const app = fastify({ forceCloseConnections: 'idle' });
  endQuietConnections(app, 200);
  app.post('/', () => 'answered');
  const { port } = new URL(await app.listen({ host: '127.0.0.1', port: 0 }));
  const sender = connect(Number(port), '127.0.0.1');
  const asked = new Promise((resolve) => app.server.once('request', resolve));
  sender.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-type: text/plain\r\ncontent-length: 100\r\n\r\nhalf');
  await asked;
  const ended = new Promise((resolve) => sender.once('close', resolve));
  sender.on('error', () => undefined); // cut off, as it should be
  await app.close();
  await ended;
});
