import { expect, test } from '@jest/globals';
import { documentNumberOf, normalDocumentNumber } from './document-number.js';

test.each([
  ['云教督通〔2026〕9号', '云教督通〔2026〕9号'],
  ['云教督通 [2026] 第09号', '云教督通〔2026〕9号'],
  ['云教督通（２０２６）９号', '云教督通〔2026〕9号'],
  ['云教督通【2026】９号', '云教督通〔2026〕9号'],
  ['鲁政教督A2〔2026〕12号', '鲁政教督A2〔2026〕12号'],
  ['云教督·通〔2026〕10号', '云教督·通〔2026〕10号'],
])('%s is %s', (typed, number) => {
  expect(normalDocumentNumber(typed)).toBe(number);
  expect(documentNumberOf(number)).toMatchObject({ year: 2026 });
});

test.each([
  '',
  '9号',
  '〔2026〕9号',
  '云教督通9号',
  '云教督通〔2026〕9',
  '云<b>通〔2026〕9号',
  '云教督通〔2026〕9号之二',
  '云教督通〔2026〕0号',
])('%s is none', (typed) => expect(documentNumberOf(normalDocumentNumber(typed))).toBeNull());
