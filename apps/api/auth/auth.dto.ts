import { ROLE_NAMES } from '#rules/actor.js';
import { LONGEST_PASSWORD } from '#rules/password.js';
import { PERMISSIONS } from '#rules/permissions.js';
import { Choices, Flag, Id, Ids, Int, Nested, NestedList, Text } from '../http/fields.js';

export class LoginDto {
  @Text({ max: 100, example: 'demo_inspector', description: '不区分大小写' }) username: string;
  @Text({ max: LONGEST_PASSWORD * 2 }) password: string;
}
export class RefreshDto {
  @Text({ max: 200 }) refreshToken: string;
}
export class PasswordDto {
  @Text({ max: LONGEST_PASSWORD * 2, description: '原密码' }) oldPassword: string;
  @Text({ max: LONGEST_PASSWORD * 2, description: '新密码，须符合区县设置的密码要求' }) newPassword: string;
}

export class LoginUserView {
  @Id() id: string;
  @Text() name: string;
  @Choices(ROLE_NAMES) roles: string[];
  @Id() districtId: string;
  @Id({ nullable: true }) unitId: string | null;
  @Ids() zoneIds: string[];
  @Flag({ description: '须先修改密码，才能办理其他事项' }) mustChangePassword: boolean;
}
export class LoggedInView {
  @Text({ description: '有效 15 分钟' }) accessToken: string;
  @Text({ description: '12 小时内可换取一次新凭据；重复使用则本次登录全部退出' }) refreshToken: string;
  @Int({ description: 'accessToken 的有效秒数', example: 900 }) expiresIn: number;
  @Nested(() => LoginUserView) user: LoginUserView;
}
class NamedView {
  @Id() id: string;
  @Text() name: string;
}
class MyDistrictView extends NamedView {
  @Text() code: string;
  @Flag() demo: boolean;
}
export class MeView extends LoginUserView {
  @Text() username: string;
  @Choices(Object.keys(PERMISSIONS), { description: '各岗位合计的权限；可在何处行使由范围决定' })
  permissions: string[];
  @Nested(() => MyDistrictView) district: MyDistrictView;
  @Nested(() => NamedView, { nullable: true }) unit: NamedView | null;
  @NestedList(() => NamedView) zones: NamedView[];
}
