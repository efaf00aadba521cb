/** Renders every document from its fixed fixture into out/gallery; with pdftoppm installed, each page as PNG too. */
import { spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GALLERY } from '#documents/fixtures/gallery.js';

const folder = join(process.cwd(), 'out', 'gallery');
await mkdir(folder, { recursive: true });
for (const [name, render] of Object.entries(GALLERY)) {
  const file = join(folder, name);
  const bytes = await render();
  await writeFile(file, bytes);
  console.log(`${file}  ${bytes.length} 字节`);
  if (!name.endsWith('.pdf')) continue;
  const pages = spawnSync('pdftoppm', ['-r', '80', '-png', file, file.replace(/\.pdf$/, '')]);
  if (pages.error) console.log('  未安装 pdftoppm（Debian 软件包 poppler-utils），只生成 PDF。');
}
