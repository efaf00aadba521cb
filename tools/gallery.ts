/**
 * Renders every document from its fixed fixture into out/gallery; with pdftoppm installed, each page as PNG too, and with LibreOffice's
 * writer what it prints of the editable files.
 */
import { spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GALLERY } from '#documents/fixtures/gallery.js';
import { printedByOffice } from '#documents/fixtures/office.js';

const folder = join(process.cwd(), 'out', 'gallery');
await mkdir(folder, { recursive: true });
for (const [name, render] of Object.entries(GALLERY)) {
  const file = join(folder, name);
  const bytes = await render();
  await writeFile(file, bytes);
  console.log(`${file}  ${bytes.length} 字节`);
  if (name.endsWith('.pdf')) toPng(file);
  if (name.endsWith('.docx')) await print(file, bytes);
}

function toPng(file: string): void {
  const pages = spawnSync('pdftoppm', ['-r', '80', '-png', file, file.replace(/\.pdf$/, '')]);
  if (pages.error) console.log('  未安装 pdftoppm（Debian 软件包 poppler-utils），只生成 PDF。');
}

async function print(file: string, docx: Buffer): Promise<void> {
  try {
    await writeFile(`${file}.pdf`, printedByOffice(docx));
    toPng(`${file}.pdf`);
  } catch (error) {
    console.log(`  未能用 LibreOffice 打印：${(error as Error).message}`);
  }
}
