import { prefersHtml } from './accept.js';

test.each<[accept: string | undefined, html: boolean]>([
  ['text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8', true],
  ['TEXT/HTML; q=0.5', true],
  ['application/xhtml+xml', true],
  [undefined, false],
  ['*/*', false],
  ['', false],
  ['application/json', false],
  ['application/json, text/html;q=0.9', false],
  ['application/json;q=0.5, text/html', true],
  ['text/html;q=0', false],
  ['text/html;q=viel', false],
])('Accept: %s', (accept, html) => {
  expect(prefersHtml(accept)).toBe(html);
});
