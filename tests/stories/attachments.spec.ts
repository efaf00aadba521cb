import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { linkAttachments } from '#core/attachments/link.js';
import { photoLoader, photosAmong } from '#core/attachments/renditions.js';
import { seedChecklists } from '#core/checklists/publish.js';
import type { PersonName } from '#testkit/cast.js';
import { type Response, startWorld, type World } from '#testkit/world.js';

const sha = (file: Buffer) => createHash('sha256').update(file).digest('hex');

/** A photo taken sideways at a known place, its first pixels blue so that turning it can be seen. */
async function photo(seed: number, { width = 640, height = 480 } = {}): Promise<Buffer> {
  const blue = await sharp({ create: { width: width / 2, height, channels: 3, background: '#0000ff' } })
    .png()
    .toBuffer();
  return sharp({ create: { width, height, channels: 3, background: { r: 255, g: seed, b: 0 } } })
    .composite([{ input: blue, left: 0, top: 0 }])
    .withExif({
      IFD0: { Make: 'Tablet' },
      IFD3: {
        GPSLatitudeRef: 'N',
        GPSLatitude: '36/1 4/1 0/1',
        GPSLongitudeRef: 'E',
        GPSLongitude: '120/1 22/1 0/1',
      },
    })
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer();
}

const pdf = (more = ''): Buffer => {
  const body = `%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R ${more} >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\n`;
  const xref = 'xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Size 3 /Root 1 0 R >>\n';
  return Buffer.from(`${body}${xref}startxref\n${body.length}\n%%EOF\n`);
};
const zip = Buffer.from('504b0506000000000000000000000000000000000000', 'hex');

/** A PNG whose header promises a picture that is not there: 50,000 × 50,000 pixels in a few bytes. */
function bomb(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const out = Buffer.alloc(body.length + 8);
    out.writeUInt32BE(data.length, 0);
    body.copy(out, 4);
    out.writeUInt32BE(crc(body), body.length + 4);
    return out;
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(Buffer.alloc(1024))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
function crc(bytes: Buffer): number {
  let c = 0xffffffff;
  for (const byte of bytes) {
    c ^= byte;
    for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  }
  return (c ^ 0xffffffff) >>> 0;
}

describe('attachments', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.stop());

  const put = (person: PersonName, file: Buffer, type = 'image/jpeg', hash = sha(file)): Promise<Response> =>
    world.as(person).put(`/attachments/${hash}`, undefined, { payload: file, type });

  test('inspector Wang brings a photo; bringing it again changes nothing', async () => {
    const file = await photo(1);
    const first = await put('wang', file);
    expect([first.status, first.body]).toEqual([
      201,
      { sha256: sha(file), mediaType: 'image/jpeg', size: file.length, width: 480, height: 640 },
    ]);
    const again = await put('wang', file, 'application/octet-stream');
    expect([again.status, again.body]).toEqual([200, first.body]);
    // Another person is not told that the file is there already.
    expect((await put('feng', file)).status).toBe(201);
    const stored = await world.files.get(`attachments/${sha(file).slice(0, 2)}/${sha(file)}`);
    const chunks: Buffer[] = [];
    for await (const chunk of stored!) chunks.push(chunk as Buffer);
    expect(sha(Buffer.concat(chunks))).toBe(sha(file));
  });

  test('PNG, WebP and PDF are taken for what they are', async () => {
    const picture = sharp({ create: { width: 20, height: 10, channels: 4, background: '#0f08' } });
    for (const [type, file] of [
      ['image/png', await picture.clone().png().toBuffer()],
      ['image/webp', await picture.clone().webp().toBuffer()],
      ['application/pdf', pdf()],
    ] as const) {
      const answer = await put('wang', file, type);
      expect([answer.status, answer.body.mediaType]).toEqual([201, type]);
    }
  });

  describe('who sees it', () => {
    let hash: string;
    let file: Buffer;
    beforeAll(async () => {
      file = await photo(2);
      hash = sha(file);
      await put('wang', file);
    });
    const sees = async (person: PersonName, of = hash): Promise<number> =>
      (await world.as(person).get(`/attachments/${of}`)).status;

    test('before it is attached to anything, only who brought it', async () => {
      expect(await sees('wang')).toBe(200);
      for (const person of ['feng', 'zhao', 'liu', 'strangerHead'] as const) {
        expect(await sees(person)).toBe(404);
      }
    });

    test('attached to an issue: its school, its zone and the office; no other school, zone or district', async () => {
      const issue = await world.as('wang').post('/issues', {
        unitId: world.cast.units.schoolLiu,
        category: '作业管理',
        finding: '二年级布置书面家庭作业',
        severity: 'major',
        attachments: [hash],
      });
      expect(issue.status).toBe(201);
      for (const person of ['zhao', 'qian', 'sun', 'li', 'feng', 'liu', 'zhou', 'auditor'] as const) {
        expect([person, await sees(person)]).toEqual([person, 200]);
      }
      for (const person of ['zheng', 'chen', 'admin', 'strangerHead', 'strangerInspector'] as const) {
        expect([person, await sees(person)]).toEqual([person, 404]);
        expect((await world.as(person).get(`/attachments/${hash}/thumbnail`)).status).toBe(404);
      }
      expect((await world.with().get(`/attachments/${hash}`)).status).toBe(401);
    });

    test('the same bytes in another district are another file', async () => {
      expect((await put('strangerInspector', file)).status).toBe(201);
      expect(await sees('strangerInspector')).toBe(200);
      expect(await sees('strangerHead')).toBe(404);
    });

    test('nobody attaches what somebody else brought by naming its hash', async () => {
      const answer = await world.as('feng').post('/issues', {
        unitId: world.cast.units.schoolLiu,
        category: '作业管理',
        finding: '另一个问题',
        severity: 'minor',
        attachments: [hash],
      });
      expect([answer.status, answer.body.code]).toEqual([400, 'attachment.unknown']);
    });

    test('evidence of a visit becomes the school’s to see when the record is submitted', async () => {
      const ctx = await world.ctx('wang');
      const lists = await world.dataSource.transaction((em) =>
        seedChecklists({ ...world.systemCtx('A'), em }),
      );
      const id = '0190a1b2-0000-7000-8000-00000000a001';
      const made = await world.as('wang').put(`/inspections/${id}`, {
        unitId: world.cast.units.schoolLiu,
        checklistId: lists.get('CL-SJ')!.id,
        kind: 'routine',
        scheduledOn: '2026-03-10',
        team: [world.cast.people.wang],
        leadId: world.cast.people.wang,
      });
      expect(made.status).toBe(201);
      const evidence = await photo(3);
      await put('wang', evidence);
      await linkAttachments(ctx, { type: 'inspection', id }, [sha(evidence)]);
      expect(await sees('feng', sha(evidence))).toBe(200);
      expect(await sees('liu', sha(evidence))).toBe(404);
      await world.dataSource.query(
        `UPDATE inspections SET status = 'submitted', submitted_at = now(), submitted_by = lead_id WHERE id = $1`,
        [id],
      );
      expect(await sees('liu', sha(evidence))).toBe(200);
      expect(await sees('zheng', sha(evidence))).toBe(404);
    });

    test('each view of evidence stands in the history; a copy that is still good is not a view', async () => {
      const views = async () =>
        (
          await world.dataSource.query(
            `SELECT actor_name, unit_id, data FROM events WHERE action = 'attachment.viewed' AND data->>'sha256' = $1 ORDER BY id`,
            [hash],
          )
        ).filter((row: { actor_name: string }) => row.actor_name === '周干事');
      const before = (await views()).length;
      const { headers } = await world.as('zhou').get(`/attachments/${hash}`);
      expect(await views()).toHaveLength(before + 1);
      expect((await views())[0]).toMatchObject({
        unit_id: world.cast.units.schoolLiu,
        data: { sha256: hash, original: false },
      });
      const cached = await world
        .as('zhou')
        .get(`/attachments/${hash}`, { headers: { 'if-none-match': headers['etag']! } });
      expect(cached.status).toBe(304);
      expect(await views()).toHaveLength(before + 1);
      const admin = await world
        .as('admin')
        .get(`/attachments/${hash}`, { headers: { 'if-none-match': headers['etag']! } });
      expect(admin.status).toBe(404);
    });

    test('the office gets the original, the school one without position, upright', async () => {
      const original = await world.as('zhao').get(`/attachments/${hash}`);
      expect(sha(original.body)).toBe(hash);
      expect(original.headers).toMatchObject({
        'content-type': 'image/jpeg',
        'content-length': String(file.length),
        'content-disposition': `inline; filename="${hash.slice(0, 12)}.jpg"`,
        'x-content-type-options': 'nosniff',
        'cache-control': 'private, no-cache',
      });
      expect((await sharp(original.body).metadata()).exif).toBeDefined();

      for (const person of ['liu', 'wang', 'li', 'sun'] as const) {
        const plain = await world.as(person).get(`/attachments/${hash}`);
        const known = await sharp(plain.body).metadata();
        expect([known.format, known.width, known.height, known.exif, known.orientation]).toEqual([
          'jpeg',
          480,
          640,
          undefined,
          undefined,
        ]);
        expect(plain.headers['etag']).not.toBe(original.headers['etag']);
        // Turned by a quarter: what was on the left is now at the top.
        const { data } = await sharp(plain.body)
          .extract({ left: 240, top: 10, width: 1, height: 1 })
          .raw()
          .toBuffer({ resolveWithObject: true });
        expect(data[2]).toBeGreaterThan(200);
      }
    });

    test('thumbnails are small and without metadata; a PDF has none', async () => {
      const thumb = await world.as('liu').get(`/attachments/${hash}/thumbnail`);
      const known = await sharp(thumb.body).metadata();
      expect([known.format, known.width, known.height, known.exif]).toEqual(['jpeg', 240, 320, undefined]);
      const paper = pdf('/Lang (zh)');
      await put('wang', paper, 'application/pdf');
      const none = await world.as('wang').get(`/attachments/${sha(paper)}/thumbnail`);
      expect([none.status, none.body.code]).toEqual([415, 'attachment.no_thumbnail']);
      const whole = await world.as('wang').get(`/attachments/${sha(paper)}`);
      expect([whole.headers['content-type'], sha(whole.body)]).toEqual(['application/pdf', sha(paper)]);
    });

    test('documents get photos to print, and PDFs are told apart', async () => {
      const ctx = await world.ctx('zhao');
      const paper = sha(pdf());
      expect(await photosAmong(ctx, [paper, hash, 'f'.repeat(64)])).toEqual([hash]);
      const load = photoLoader(ctx, world.files);
      expect((await sharp(await load(hash)).metadata()).format).toBe('jpeg');
      await expect(load(paper)).rejects.toThrow('no picture');
    });
  });

  describe('what is refused', () => {
    test('a body that has another hash', async () => {
      const answer = await put('wang', await photo(4), 'image/jpeg', 'a'.repeat(64));
      expect([answer.status, answer.body.code]).toEqual([400, 'attachment.hash_mismatch']);
    });

    test('what is not what it claims, or nothing that is taken', async () => {
      const jpeg = await photo(5);
      const gif = await sharp(jpeg).gif().toBuffer();
      const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>');
      for (const [file, type] of [
        [jpeg, 'image/png'],
        [jpeg, 'application/pdf'],
        [pdf(), 'image/jpeg'],
        [gif, 'image/jpeg'],
        [gif, 'application/octet-stream'],
        [svg, 'application/octet-stream'],
        [Buffer.from('<html></html>'), 'image/webp'],
        [Buffer.alloc(0), 'image/jpeg'],
      ] as const) {
        const answer = await put('wang', file, type);
        expect([answer.status, answer.body.code]).toEqual([415, 'attachment.unsupported']);
      }
      expect((await put('wang', svg, 'image/svg+xml')).status).toBe(415);
      expect((await put('wang', Buffer.from('{}'), 'application/json')).status).toBe(415);
    });

    test('more than 10 MiB, announced or not; exactly 10 MiB is looked at', async () => {
      const large = Buffer.alloc(10 * 1024 * 1024 + 1, 1);
      const answer = await put('wang', large);
      expect([answer.status, answer.body.code]).toEqual([413, 'attachment.too_large']);
      expect((await put('wang', large.subarray(1))).status).toBe(415);
    });

    test('truncated, damaged and doubled files: each is named damaged and nothing is kept', async () => {
      const jpeg = await photo(6);
      const png = await sharp(jpeg).png().toBuffer();
      const webp = await sharp(jpeg).webp().toBuffer();
      const noise = Buffer.from(png);
      noise.fill(0x5a, 200, 1200);
      const bad: [string, Buffer, string][] = [
        ['half a JPEG', jpeg.subarray(0, jpeg.length / 2), 'image/jpeg'],
        ['a JPEG without its last byte', jpeg.subarray(0, -1), 'image/jpeg'],
        ['half a PNG', png.subarray(0, png.length / 2), 'image/png'],
        ['a PNG with a hole', noise, 'image/png'],
        ['half a WebP', webp.subarray(0, webp.length / 2), 'image/webp'],
        ['half a PDF', pdf().subarray(0, 60), 'application/pdf'],
        ['a JPEG and an archive', Buffer.concat([jpeg, zip]), 'image/jpeg'],
        ['a JPEG and a page', Buffer.concat([jpeg, Buffer.from('<script>alert(1)</script>')]), 'image/jpeg'],
        ['a PNG and an archive', Buffer.concat([png, zip]), 'image/png'],
        ['a PNG and a page', Buffer.concat([png, Buffer.from('<?php 1;')]), 'image/png'],
        ['a WebP and a page', Buffer.concat([webp, Buffer.from('<html>')]), 'image/webp'],
        ['a PDF and an archive', Buffer.concat([pdf(), zip]), 'application/pdf'],
        ['a PDF that runs a program', pdf('/OpenAction << /S /Launch /F (cmd.exe) >>'), 'application/pdf'],
        ['a PDF with a script', pdf('/OpenAction << /S /JavaScript /JS (1) >>'), 'application/pdf'],
        ['a JPEG header and nothing', Buffer.from('ffd8ffe0', 'hex'), 'image/jpeg'],
        ['an image bomb', bomb(50_000, 50_000), 'image/png'],
        ['a picture that is not there', bomb(5_000, 5_000), 'image/png'],
      ];
      for (const [what, file, type] of bad) {
        const answer = await put('wang', file, type);
        expect([what, answer.status, answer.body.code]).toEqual([what, 400, 'attachment.damaged']);
        expect(await world.files.size(`attachments/${sha(file).slice(0, 2)}/${sha(file)}`)).toBeUndefined();
      }
      const rows = await world.dataSource.query(`SELECT 1 FROM attachments WHERE sha256 = ANY($1)`, [
        bad.map(([, file]) => sha(file)),
      ]);
      expect(rows).toEqual([]);
    });

    test('a second JPEG behind the first, as phones write it, is no harm', async () => {
      const file = Buffer.concat([await photo(7), await photo(8), Buffer.alloc(16)]);
      expect((await put('wang', file)).status).toBe(201);
    });

    test('256 names that would lead out of the folder', async () => {
      const names = [
        '../../../etc/passwd',
        '..%2f..%2f..%2fetc%2fpasswd',
        '%2e%2e%2f%2e%2e%2fconfig.json',
        '..%5c..%5cboot.ini',
        '%252e%252e%252f',
        'attachments%00.jpg',
        `${'a'.repeat(63)}%2f`,
        'A'.repeat(64),
        `${'a'.repeat(64)}.jpg`,
        `${'a'.repeat(64)}%0a`,
        '....//....//',
        '/etc/passwd',
        'C:%5cWindows',
        'ＡＡ',
        '%c0%ae%c0%ae%c0%af',
        '.',
      ];
      const deep = Array.from({ length: 240 }, (_, i) => {
        const step = ['..%2f', '..%5c', '%2e%2e/', '..;/', '..%252f', '..%c0%af'][i % 6]!;
        return `${step.repeat(1 + (i % 20))}${['etc/passwd', 'migrations', '.data', 'package.json'][i % 4]}`;
      });
      const file = await photo(9);
      const before = await readdir(world.config.dataDir, { recursive: true });
      for (const name of [...names, ...deep]) {
        const read = await world.as('wang').get(`/attachments/${name}`);
        const written = await world
          .as('wang')
          .put(`/attachments/${name}`, undefined, { payload: file, type: 'image/jpeg' });
        expect([400, 404]).toContain(read.status);
        expect([400, 404]).toContain(written.status);
        expect(read.headers['content-type']).toMatch('application/problem+json');
      }
      expect(await readdir(world.config.dataDir, { recursive: true })).toEqual(before);
    });

    test('the technician, auditors and strangers bring nothing', async () => {
      const file = await photo(10);
      for (const person of ['admin', 'auditor'] as const) expect((await put(person, file)).status).toBe(403);
      const answer = await world
        .with()
        .put(`/attachments/${sha(file)}`, undefined, { payload: file, type: 'image/jpeg' });
      expect(answer.status).toBe(401);
    });
  });

  describe('over a real connection', () => {
    let port: number;
    beforeAll(async () => {
      await world.app.listen(0, '127.0.0.1');
      port = Number(new URL(await world.app.getUrl()).port);
    });

    test('20 large uploads at once stay within bounds and leave nothing behind', async () => {
      const noise = Buffer.alloc(3000 * 1000 * 3);
      for (let i = 0, x = 1; i < noise.length; i++) {
        x = (x * 1103515245 + 12345) & 0x7fffffff;
        noise[i] = x >> 16;
      }
      const large = await sharp(noise, { raw: { width: 3000, height: 1000, channels: 3 } })
        .jpeg({ quality: 98 })
        .toBuffer();
      expect(large.length).toBeGreaterThan(3_000_000);
      const token = await world.token('wang');
      const before = process.memoryUsage().rss;
      const answers = await Promise.all(
        Array.from({ length: 20 }, async (_, i) => {
          const file = Buffer.concat([large, Buffer.alloc(i + 1)]);
          return (
            await fetch(`http://127.0.0.1:${port}/api/v1/attachments/${sha(file)}`, {
              method: 'PUT',
              headers: { authorization: `Bearer ${token}`, 'content-type': 'image/jpeg' },
              body: file,
            })
          ).status;
        }),
      );
      expect(answers).toEqual(Array(20).fill(201));
      // The bodies of the test itself are in the same process: 20 × 2 copies of some 5 MB.
      expect(process.memoryUsage().rss - before).toBeLessThan(large.length * 40 + 150 * 1024 * 1024);
      const left = (await readdir(tmpdir())).filter((name) =>
        name.startsWith(`dudao-upload-${process.pid}-`),
      );
      expect(left).toEqual([]);
    });

    test('a sender without a length is stopped at 10 MiB with an answer it can read', async () => {
      const token = await world.token('wang');
      const text = await new Promise<string>((resolve, reject) => {
        const socket = connect(port, '127.0.0.1');
        let answer = '';
        socket.on('error', reject);
        socket.on('data', (data) => {
          answer += data.toString();
          if (answer.includes('attachment.too_large')) {
            socket.destroy();
            resolve(answer);
          }
        });
        socket.write(
          `PUT /api/v1/attachments/${'b'.repeat(64)} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\n` +
            'content-type: image/jpeg\r\ntransfer-encoding: chunked\r\n\r\n',
        );
        const chunk = Buffer.concat([Buffer.from('10000\r\n'), Buffer.alloc(0x10000), Buffer.from('\r\n')]);
        for (let i = 0; i < 170; i++) socket.write(chunk);
      });
      expect(text).toMatch(/^HTTP\/1\.1 413/);
    });

    test('an upload that breaks off leaves nothing, and the server goes on', async () => {
      const token = await world.token('wang');
      const file = await photo(11);
      await new Promise<void>((resolve, reject) => {
        const socket = connect(port, '127.0.0.1', () => {
          socket.write(
            `PUT /api/v1/attachments/${sha(file)} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\n` +
              `content-type: image/jpeg\r\ncontent-length: ${file.length}\r\n\r\n`,
          );
          socket.write(file.subarray(0, 100), () => {
            socket.destroy();
            resolve();
          });
        });
        socket.on('error', reject);
      });
      expect((await world.as('wang').get(`/attachments/${sha(file)}`)).status).toBe(404);
      expect((await put('wang', file)).status).toBe(201);
    });
  });
});
