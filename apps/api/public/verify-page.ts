/** The page behind the QR code of an issued circular: no script, no font or picture from anywhere, readable on a telephone. */
import { createHash } from 'node:crypto';
import type { Verification } from '#core/circulars/verify.js';
import { groupedHash } from '#rules/circular.js';
import { dayText, minuteText } from '#rules/local-date.js';

const STYLE = `
:root{color-scheme:light;--ink:#1d1d1f;--soft:#6b6b70;--line:#e4e1dc;--red:#b3140f;--paper:#fff}
*{box-sizing:border-box}
body{margin:0;background:#f4f2ee;color:var(--ink);font:16px/1.65 "Noto Serif SC","Songti SC","SimSun",serif;-webkit-text-size-adjust:100%}
main{max-width:40rem;margin:0 auto;padding:1.25rem 1rem 2.5rem}
article{background:var(--paper);border:1px solid var(--line);border-top:3px solid var(--red);border-radius:4px;padding:1.5rem 1.25rem}
.state{margin:0 0 .25rem;font:600 1.05rem/1.5 "Noto Sans SC","PingFang SC","Microsoft YaHei",sans-serif;color:#17673a}
.state.no{color:var(--red)}
h1{margin:.2rem 0 .1rem;font-size:1.35rem;line-height:1.45;text-wrap:balance}
.number{margin:0 0 1rem;color:var(--soft)}
.note{margin:0 0 1rem;padding:.6rem .8rem;border-left:3px solid var(--red);background:#fbf3f2}
dl{margin:0;border-top:1px solid var(--line)}
dl>div{display:flex;gap:1rem;padding:.55rem 0;border-bottom:1px solid var(--line)}
dt{flex:0 0 6.5em;color:var(--soft)}
dd{margin:0;flex:1;min-width:0;overflow-wrap:anywhere}
code{font:.82rem/1.5 ui-monospace,"SFMono-Regular",Menlo,Consolas,monospace;overflow-wrap:anywhere}
h2{margin:1.4rem 0 .3rem;font-size:1rem}
.soft{color:var(--soft);font-size:.9rem}
footer{margin-top:1rem;color:var(--soft);font-size:.85rem}
@media(max-width:26rem){dl>div{display:block}dt{font-size:.85rem}}
@media print{body{background:#fff}article{border:0}}
`;

/** Nothing but this page's own style, named by its hash. */
export const PAGE_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const text = (value: string): string => value.replace(/[&<>"']/g, (mark) => ENTITIES[mark]!);

const page = (title: string, body: string): string => `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>${text(title)}</title><style>${STYLE}</style></head>
<body><main><article>${body}</article></main></body></html>`;

const row = (name: string, html: string): string => `<div><dt>${name}</dt><dd>${html}</dd></div>`;

const FORMATS: Record<string, string> = {
  pdf: '通报正本（PDF）',
  xlsx: '附表工作簿（XLSX）',
  docx: '可编辑文本（DOCX）',
};

/** The signed document first. */
const ORDER = Object.keys(FORMATS);

function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} 字节`;
  return bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(0)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

/** The page of a circular that was found. Texts of the records are escaped; the rest is ours. */
export function verifiedPage(found: Verification): string {
  const later = found.correctedBy.map(
    ({ documentNumber, issuedOn }) => `${text(documentNumber)}（${dayText(issuedOn)}）`,
  );
  const notes = [
    found.demo ? '<p class="note">演示数据，不具有公文效力。</p>' : '',
    later.length > 0
      ? `<p class="note">本通报部分内容已由${later.join('、')}更正，请以更正后的为准。</p>`
      : '',
  ].join('');
  const matched =
    found.matched === 'snapshot' ? '' : row('核对的文件', `${FORMATS[found.matched]}，内容与印发时一致`);
  return page(
    `${found.documentNumber}　通报验证`,
    `<p class="state">✓ 经核验，系本机关印发的通报</p>
<h1>${text(found.title)}</h1><p class="number">${text(found.documentNumber)}</p>${notes}
<dl>${row('发文机关', text(found.issuer))}${row('成文日期', dayText(found.issuedOn))}
${row('统计期', `${dayText(found.periodStart)}至${dayText(found.periodEnd)}`)}
${row('数据截止', minuteText(found.cutoffLocal))}
${found.corrects ? row('更正的通报', `${text(found.corrects.documentNumber)}《${text(found.corrects.title)}》`) : ''}
${matched}${row('核验码', `<code>${groupedHash(found.shortHash)}</code>`)}</dl>
<h2>印发的文件</h2><dl>${[...found.files]
      .sort((a, b) => ORDER.indexOf(a.format) - ORDER.indexOf(b.format))
      .map(({ format, size: bytes, sha256 }) =>
        row(FORMATS[format] ?? format, `${size(bytes)}<br><code>SHA-256 ${groupedHash(sha256)}</code>`),
      )
      .join('')}</dl>
<h2>数据快照</h2><p><code>SHA-256 ${groupedHash(found.snapshotHash)}</code></p>
<footer>请核对纸面的文号、标题、日期和核验码是否与本页一致。手中的电子文件，可计算其 SHA-256 与上列数值比对。</footer>`,
  );
}

export const unverifiedPage = (): string =>
  page(
    '通报验证',
    `<p class="state no">✕ 查无此件</p><h1>没有与此核验码相符的已印发通报</h1>
<p>请核对核验码是否抄写完整；如仍查不到，请向发文机关核实，不要据此采信纸面或电子文件的内容。</p>`,
  );
