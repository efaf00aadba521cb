import { DEFAULT_PASSWORD_POLICY, passwordFault } from './password.js';

const faults = (password: string, policy = DEFAULT_PASSWORD_POLICY) =>
  passwordFault(password, ['wang', '王督学'], policy);

it.each([
  ['Abc-12345', '密码至少 10 个字符'],
  ['abcdefgh12', '至少 3 种'],
  ['A1-'.repeat(50), '密码最多 128 个字符'],
  ['My-WANG-2026', '用户名或姓名'],
  ['王督学-Abc-2026', '用户名或姓名'],
  ['Aa1!Aa1!Aa1!', '重复的字符过多'],
  ['Password2026!', '过于常见'],
  ['01234567890123456789', '过于常见'],
])('refuses %s', (password, why) => expect(faults(password)).toContain(why));

it.each([
  'Dudao-2026-east',
  '区县督导-Sept-9',
  '一句很长的话没有别的符号也可以作密码',
  'correct horse battery',
])('takes %s', (password) => expect(faults(password)).toBeNull());

it('follows the policy of the district', () => {
  expect(faults('abcdefgh12', { minLength: 8, minKinds: 2, maxAgeDays: 0 })).toBeNull();
  expect(faults('Dudao-2026-east', { minLength: 20, minKinds: 3, maxAgeDays: 0 })).toBe('密码至少 20 个字符');
});
