import { ROLE_NAMES, type Role } from '#rules/actor.js';
import { LONGEST_PASSWORD } from '#rules/password.js';
import {
  Choice,
  Choices,
  Count,
  DayField,
  Flag,
  Id,
  Ids,
  Instant,
  NestedList,
  PageQueryDto,
  QueryFlag,
  Text,
} from '../http/fields.js';

const PHONE = { pattern: /^\+?[0-9][0-9 -]{4,19}$/, patternMessage: '应为电话号码', max: 21 };
const USERNAME = {
  pattern: /^[A-Za-z0-9][A-Za-z0-9._@-]{1,63}$/,
  patternMessage: '用户名为 2 至 64 个字母、数字或 . _ @ -，以字母或数字开头',
  max: 64,
};

/** Office and technician see all fields; others the first five. */
export class PersonView {
  @Id() id: string;
  @Text() name: string;
  @Choices(ROLE_NAMES) roles: Role[];
  @Id({ nullable: true }) unitId: string | null;
  @Ids() zoneIds: string[];
  @Text({ optional: true }) username?: string;
  @Text({ optional: true, nullable: true }) phone?: string | null;
  @DayField({ optional: true, nullable: true }) validUntil?: string | null;
  @Flag({ optional: true }) disabled?: boolean;
  @Flag({ optional: true }) mustChangePassword?: boolean;
  @Instant({ optional: true }) createdAt?: Date;
}
export class PersonPage {
  @NestedList(() => PersonView) items: PersonView[];
  @Text({ nullable: true }) nextCursor: string | null;
  @Count() count?: number | '10000+';
}
export class PersonQueryDto extends PageQueryDto {
  @Choice(ROLE_NAMES, { optional: true }) role?: Role;
  @Id({ optional: true }) zoneId?: string;
  @Id({ optional: true }) unitId?: string;
  @Text({ optional: true, max: 100, description: '在姓名（督导室和管理员：也在用户名）中查找' }) q?: string;
  @QueryFlag({ optional: true }) disabled?: boolean;
}

class PersonFields {
  @Id({ optional: true, nullable: true, description: '所在单位；学校岗位必填。本人在此单位自动回避' })
  unitId?: string | null;
  @Ids({ optional: true, description: '责任区；片区督导办和责任督学必填。审计人员留空为全区' })
  zoneIds?: string[];
  @Text({ ...PHONE, optional: true, nullable: true }) phone?: string | null;
  @DayField({ optional: true, nullable: true, description: '账号可用的最后一天' }) validUntil?: string | null;
  @Flag({ optional: true, description: '下次登录须先修改密码；默认否' }) mustChangePassword?: boolean;
}
export class NewPersonDto extends PersonFields {
  @Text({ ...USERNAME, description: '不区分大小写，全系统唯一' }) username: string;
  @Text({ max: 50 }) name: string;
  @Choices(ROLE_NAMES, { min: 1 }) roles: Role[];
  @Text({ max: LONGEST_PASSWORD * 2 }) password: string;
}
export class ChangePersonDto extends PersonFields {
  @Text({ max: 50, optional: true }) name?: string;
  @Choices(ROLE_NAMES, { min: 1, optional: true }) roles?: Role[];
  @Flag({ optional: true, description: '停用后立即退出' }) disabled?: boolean;
  @Text({ max: LONGEST_PASSWORD * 2, optional: true, description: '重置密码，其所有登录立即退出' })
  password?: string;
}
