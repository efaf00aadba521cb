import { crc32, deflateSync } from 'node:zlib';
import ExcelJS from 'exceljs';
import JSZip from 'jszip';
import sharp from 'sharp';

export type Upload = { what: string; type: string; body: Buffer };
type Manner = 'ordinary' | 'hostile';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const SHEET = 'xl/worksheets/sheet1.xml';

/** Pictures and documents: ordinary ones, or bombs, polyglots, halves and lies. */
export async function pictures(manner: Manner): Promise<Upload[]> {
  const jpeg = await sharp({ create: { width: 64, height: 64, channels: 3, background: '#246' } })
    .jpeg()
    .toBuffer();
  const [png, webp] = await Promise.all([sharp(jpeg).png().toBuffer(), sharp(jpeg).webp().toBuffer()]);
  const pdf = Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n');
  if (manner === 'ordinary') {
    return [
      { what: 'JPEG', type: 'image/jpeg', body: jpeg },
      { what: 'PNG', type: 'image/png', body: png },
      { what: 'WebP', type: 'image/webp', body: webp },
    ];
  }
  const zip = await new JSZip().file('a', 'a').generateAsync({ type: 'nodebuffer' });
  const claims = Buffer.from(jpeg);
  // The frame header of a JPEG: as high and wide as 16 bits say.
  const frame = claims.indexOf(Buffer.from('ffc0', 'hex'));
  claims.writeUInt16BE(65_500, frame + 5);
  claims.writeUInt16BE(65_500, frame + 7);
  const both = (a: Buffer, b: Buffer | string) => Buffer.concat([a, Buffer.from(b)]);
  return [
    { what: 'PNG bomb of 900 megapixels', type: 'image/png', body: flatPng(30_000, 30_000) },
    { what: 'PNG bomb of 2.5 gigapixels', type: 'image/png', body: flatPng(50_000, 50_000, 100) },
    { what: 'JPEG that claims 65,500 a side', type: 'image/jpeg', body: claims },
    { what: 'JPEG and archive', type: 'image/jpeg', body: both(jpeg, zip) },
    { what: 'JPEG and page', type: 'image/jpeg', body: both(jpeg, '<script>alert(1)</script>') },
    { what: 'PNG and program', type: 'image/png', body: both(png, '<?php system($_GET[0]); ?>') },
    { what: 'WebP and page', type: 'image/webp', body: both(webp, '<html>') },
    { what: 'PDF and archive', type: 'application/pdf', body: both(pdf, zip) },
    {
      what: 'PDF with a script',
      type: 'application/pdf',
      body: Buffer.from(pdf.toString().replace('/Catalog', '/Catalog/OpenAction<</S/JavaScript/JS(1)>>')),
    },
    { what: 'half a JPEG', type: 'image/jpeg', body: jpeg.subarray(0, jpeg.length / 2) },
    { what: 'half a PNG', type: 'image/png', body: png.subarray(0, png.length / 2) },
    { what: 'half a WebP', type: 'image/webp', body: webp.subarray(0, webp.length / 2) },
    { what: 'PNG called JPEG', type: 'image/jpeg', body: png },
    { what: 'archive called PNG', type: 'image/png', body: zip },
    {
      what: 'SVG',
      type: 'application/octet-stream',
      body: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'),
    },
    { what: 'nothing', type: 'image/png', body: Buffer.alloc(0) },
    { what: '11 MB', type: 'image/jpeg', body: both(jpeg, Buffer.alloc(11 * 1024 * 1024)) },
  ];
}

/** Tables: an ordinary one, or workbooks that unfold, expand, repeat, lie or break off. */
export async function tables(manner: Manner): Promise<Upload[]> {
  const book = new ExcelJS.Workbook();
  book.addWorksheet('学校').addRows([
    ['学校代码', '学校名称', '学段', '责任区'],
    ['1', '甲', '小学', '乙'],
  ]);
  const whole = Buffer.from(await book.xlsx.writeBuffer());
  const xlsx = (what: string, body: Buffer): Upload => ({ what, type: XLSX, body });
  if (manner === 'ordinary') return [xlsx('workbook', whole)];
  const with1 = (change: (xml: string) => string) => repacked(whole, SHEET, change);
  const many = await JSZip.loadAsync(whole);
  for (let i = 0; i < 20_000; i++) many.file(`xl/media/${i}.txt`, 'x');
  const cells = (n: number) =>
    `<sheetData><row r="1">${'<c t="inlineStr"><is><t>甲</t></is></c>'.repeat(n)}</row></sheetData>`;
  return [
    xlsx(
      'a million cells',
      await with1((xml) => xml.replace(/<sheetData>.*<\/sheetData>/s, cells(1_000_000))),
    ),
    xlsx(
      '300 MB of blanks',
      await with1((xml) => xml.replace('<sheetData>', `${' '.repeat(300_000_000)}<sheetData>`)),
    ),
    xlsx(
      'a row number beyond all',
      await with1((xml) =>
        xml.replace('<row r="2"', '<row r="999999999"').replace(/r="A2"/, 'r="ZZZZZZ999999999"'),
      ),
    ),
    xlsx(
      'entities that expand',
      await with1((xml) =>
        xml
          .replace(
            /<worksheet/,
            `<!DOCTYPE z [<!ENTITY a "${'x'.repeat(1000)}">${Array.from({ length: 9 }, (_, i) => `<!ENTITY ${'bcdefghij'[i]} "${`&${'abcdefghi'[i]};`.repeat(10)}">`).join('')}]><worksheet`,
          )
          .replace('<sheetData>', '<sheetData><row><c><v>&j;</v></c></row>'),
      ),
    ),
    xlsx(
      'an entity from outside',
      await with1((xml) =>
        xml.replace(/<worksheet/, '<!DOCTYPE z [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet'),
      ),
    ),
    xlsx(
      '200 MB of shared strings',
      await repacked(whole, 'xl/sharedStrings.xml', (xml) =>
        xml.replace('</sst>', `<si><t>${'甲'.repeat(70_000_000)}</t></si></sst>`),
      ),
    ),
    xlsx('20,000 entries', await many.generateAsync({ type: 'nodebuffer', compression: 'DEFLATE' })),
    xlsx('half a workbook', whole.subarray(0, whole.length / 2)),
    xlsx(
      'an archive of something else',
      await new JSZip().file('../../evil.txt', 'x').generateAsync({ type: 'nodebuffer' }),
    ),
    xlsx('a workbook of 1997', Buffer.from('d0cf11e0a1b11ae1000000000000', 'hex')),
    {
      what: 'a quote that never ends',
      type: 'text/csv',
      body: Buffer.from(`学校代码,学校名称\n"${'1,'.repeat(1_000_000)}`),
    },
    {
      what: 'a line of a million columns',
      type: 'text/csv',
      body: Buffer.from(`学校代码\n${'1,'.repeat(1_000_000)}`),
    },
    { what: 'a million lines', type: 'text/csv', body: Buffer.from(`学校代码\n${'1\n'.repeat(1_000_000)}`) },
    {
      what: 'noise',
      type: 'text/csv',
      body: Buffer.from(Array.from({ length: 1_000_000 }, (_, i) => (i * 7919) % 256)),
    },
    { what: '25 MB', type: XLSX, body: Buffer.concat([whole, Buffer.alloc(25 * 1024 * 1024)]) },
  ];
}

/** Names that would lead out of a folder if somebody made a path of them. */
export function hostileNames(): string[] {
  const steps = ['..%2f', '..%5c', '%2e%2e/', '..;/', '..%252f', '..%c0%af', '....//', '%00'];
  const targets = ['etc/passwd', 'migrations', 'secrets/audit-key', 'package.json'];
  return Array.from(
    { length: 256 },
    (_, i) => `${steps[i % steps.length]!.repeat(1 + (i % 20))}${targets[i % targets.length]}`,
  );
}

async function repacked(file: Buffer, name: string, change: (xml: string) => string): Promise<Buffer> {
  const zip = await JSZip.loadAsync(file);
  zip.file(name, change((await zip.file(name)?.async('string')) ?? ''));
  return zip.generateAsync({ type: 'nodebuffer', compression: 'DEFLATE' });
}

/** A PNG of one colour, one bit a pixel: a few hundred kilobytes that unfold to `width` × `height`; at most `rows` of them are there. */
function flatPng(width: number, height: number, rows = height): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head[8] = 1;
  const data = deflateSync(Buffer.alloc((1 + Math.ceil(width / 8)) * rows));
  const chunk = (name: string, body: Buffer) => {
    const named = Buffer.concat([Buffer.from(name), body]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(body.length);
    sum.writeUInt32BE(crc32(named));
    return Buffer.concat([length, named, sum]);
  };
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  return Buffer.concat([signature, chunk('IHDR', head), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))]);
}
